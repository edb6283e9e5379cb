import * as runtime from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { buildEncoderGraph } from '../../../src/moonshine/graph/encoder-graph.ts';
import { MoonshineWeights } from '../../../src/moonshine/graph/weights.ts';
import { loadMoonshineModel } from '../../../src/moonshine/model.ts';
import { scaleLinear } from '../../../src/onnx-graph/quantized-linear.ts';
import { floats, relativeError, runModel } from '../../support/built-graph.ts';
import { CLEAR_PROMPTS, parameters, source, speech } from '../../support/moonshine-tiny.ts';
import { multiplyPlainly, splitHeads, transposePlainly } from '../../support/plain-math.ts';
import { EXACT_FORMS } from '../../support/processor.ts';

// Both encoders round their activations to 8 bits, at other places. On these clips the values were 0.05 to 0.092 apart and the keys 0.014
// to 0.07, both most in the first layer and on the longest clip.
const MAXIMUM_ERROR = 0.1;

const weights = new MoonshineWeights(source.files);
const { sizes } = weights;
const published = await loadMoonshineModel(runtime, source.files, {});
afterAll(() => published.close());

/** Keys and values of the published encoder's states, layer by layer. */
async function publishedKeysAndValues(samples: Float32Array) {
  const { data, dims } = await published.encode(samples);
  const times = dims[1]!;
  return Array.from({ length: sizes.decoderLayers }, (_, layer) => {
    const keyLinear = scaleLinear(weights.decoderLinear(layer, 'encoder_attn/k_proj'), 1 / Math.sqrt(sizes.headSize));
    const valueLinear = weights.decoderLinear(layer, 'encoder_attn/v_proj');
    return {
      // [time, head · size] to [head · size, time].
      keys: transposePlainly(multiplyPlainly(data as Float32Array, keyLinear), times),
      values: splitHeads(multiplyPlainly(data as Float32Array, valueLinear), sizes),
      times,
    };
  });
}

describe.each(EXACT_FORMS)('the %s encoder', (sign) => {
  const bytes = buildEncoderGraph(weights, sign);
  const encode = (samples: Float32Array) => runModel(bytes, { audio: floats(samples, [1, samples.length]) });

  test.each(CLEAR_PROMPTS)('gives the keys and values of the published encoder: %s', async (prompt) => {
    const samples = speech(prompt);
    const encoded = await encode(samples);
    for (const [layer, { keys, values, times }] of (await publishedKeysAndValues(samples)).entries()) {
      const [ownKeys, ownValues] = [encoded[`cross_key.${layer}`]!, encoded[`cross_value.${layer}`]!];
      expect(ownKeys.dims).toEqual([1, sizes.heads, sizes.headSize, times]);
      expect(ownValues.dims).toEqual([1, sizes.heads, times, sizes.headSize]);
      expect([layer, relativeError(ownKeys.data as Float32Array, keys)]).toEqual([layer, expect.toSatisfy((e) => e <= MAXIMUM_ERROR)]);
      expect([layer, relativeError(ownValues.data as Float32Array, values)]).toEqual([layer, expect.toSatisfy((e) => e <= MAXIMUM_ERROR)]);
    }
  });

  test('takes the shortest and the longest clip, and as many frames come out as of the published one', async () => {
    for (const count of [parameters.minimumSamples, parameters.maximumSamples]) {
      const samples = speech('demo-congrats').subarray(8000, 8000 + count);
      const own = await encode(samples);
      const { dims } = await published.encode(samples);
      expect(own['cross_value.0']!.dims[2]).toBe(dims[1]);
    }
  });

  test('takes clips whose length is no multiple of a stride', async () => {
    const samples = speech('tt-weasels');
    for (const dropped of [1, 63, 64, 127, 383]) {
      const clip = samples.subarray(0, samples.length - dropped);
      const [own, { dims }] = [await encode(clip), await published.encode(clip)];
      expect([dropped, own['cross_value.0']!.dims[2]]).toEqual([dropped, dims[1]]);
    }
  });

  test('hears a quiet clip as it hears a loud one', async () => {
    const samples = speech('tt-weasels');
    const [loud, quiet] = [await encode(samples), await encode(samples.map((sample) => sample / 32))];
    const [own, reference] = [quiet['cross_value.5']!.data as Float32Array, loud['cross_value.5']!.data as Float32Array];
    // The published encoder's own two outputs are the measure: the tanh and the epsilon of the normalisation see the level.
    const publishedOf = async (clip: Float32Array) => (await publishedKeysAndValues(clip))[5]!.values;
    const change = relativeError(await publishedOf(samples.map((sample) => sample / 32)), await publishedOf(samples));
    expect(relativeError(own, reference)).toBeLessThanOrEqual(change + MAXIMUM_ERROR);
  });

  test('gives what is not a number for samples that are none', async () => {
    const encoded = await encode(new Float32Array(16_000).fill(Number.NaN));
    expect((encoded['cross_value.0']!.data as Float32Array).some(Number.isNaN)).toBe(true);
  });
});
