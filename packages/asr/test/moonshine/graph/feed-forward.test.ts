import { describe, expect, test } from 'vitest';
import { addFeedForward, addGatedFeedForward, type FeedForwardWeights } from '../../../src/moonshine/graph/feed-forward.ts';
import { MoonshineWeights } from '../../../src/moonshine/graph/weights.ts';
import { floats, relativeError, runBlock, seededFloats } from '../../support/built-graph.ts';
import { source } from '../../support/moonshine-tiny.ts';
import { multiplyPlainly } from '../../support/plain-math.ts';
import { EXACT_FORMS } from '../../support/processor.ts';

const SEED = 20261125;
const TIMES = 5;
// Two linear maps one after the other. The hidden activations are uneven, so that most are small beside the step of their 8 bits.
const MAXIMUM_ERROR = 0.03;

const weights = new MoonshineWeights(source.files);
const { width } = weights.sizes;

const ofEncoder: FeedForwardWeights = {
  rise: weights.encoderLinear(0, 'mlp/fc1'),
  riseBias: weights.encoderFloats(0, 'mlp.fc1.bias'),
  fall: weights.encoderLinear(0, 'mlp/fc2'),
  fallBias: weights.encoderFloats(0, 'mlp.fc2.bias'),
};
const ofDecoder: FeedForwardWeights = {
  rise: weights.decoderLinear(0, 'mlp/up_proj'),
  riseBias: weights.decoderFloats('layers.0.mlp.up_proj.bias'),
  fall: weights.decoderLinear(0, 'mlp/down_proj'),
  fallBias: weights.decoderFloats('layers.0.mlp.down_proj.bias'),
};

/** `x/2 (1 + erf(x/√2))`, with the series of the error function. */
function gelu(x: number): number {
  const z = x / Math.SQRT2;
  let [term, sum] = [z, z];
  for (let n = 1; n < 200; n += 1) {
    term *= (-z * z) / n;
    sum += term / (2 * n + 1);
  }
  const erf = Math.abs(z) > 5 ? Math.sign(z) : (2 / Math.sqrt(Math.PI)) * sum;
  return (x / 2) * (1 + erf);
}

describe.each(EXACT_FORMS)('with %s weights', (sign) => {
  const x = seededFloats(TIMES * width, SEED);
  const feeds = { x: floats(x, [1, TIMES, width]) };

  test('the block of the encoder rises, bends and falls', async () => {
    const [y] = await runBlock(feeds, (graph) => [addFeedForward(graph, 'x', ofEncoder, sign)]);
    const hidden = multiplyPlainly(x, ofEncoder.rise, ofEncoder.riseBias).map(gelu);
    expect(y!.dims).toEqual([1, TIMES, width]);
    expect(relativeError(y!.data, multiplyPlainly(hidden, ofEncoder.fall, ofEncoder.fallBias))).toBeLessThanOrEqual(MAXIMUM_ERROR);
  });

  test('the block of the decoder is gated by the second half', async () => {
    const [y] = await runBlock(feeds, (graph) => [addGatedFeedForward(graph, 'x', ofDecoder, sign)]);
    const risen = multiplyPlainly(x, ofDecoder.rise, ofDecoder.riseBias);
    const { outputs } = ofDecoder.rise;
    const half = outputs / 2;
    const hidden = Float32Array.from({ length: TIMES * half }, (_, index) => {
      const start = Math.floor(index / half) * outputs + (index % half);
      const [value, gate] = [risen[start]!, risen[start + half]!];
      return (gate / (1 + Math.exp(-gate))) * value;
    });
    expect(y!.dims).toEqual([1, TIMES, width]);
    expect(relativeError(y!.data, multiplyPlainly(hidden, ofDecoder.fall, ofDecoder.fallBias))).toBeLessThanOrEqual(MAXIMUM_ERROR);
  });
});
