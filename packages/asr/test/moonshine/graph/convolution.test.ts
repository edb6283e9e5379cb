import { describe, expect, test } from 'vitest';
import { addConvolution, addSampleConvolution } from '../../../src/moonshine/graph/convolution.ts';
import { MoonshineWeights, type QuantizedConvolution } from '../../../src/moonshine/graph/weights.ts';
import { floats, relativeError, runBlock, seededFloats } from '../../support/built-graph.ts';
import { source, speech } from '../../support/moonshine-tiny.ts';
import { EXACT_FORMS } from '../../support/processor.ts';

const SEED = 20261125;
const TIMES = 40;
const weights = new MoonshineWeights(source.files);

/** `y[t, o] = Σ (scale · q[o, i, k] + offset) x[stride · t + k, i] + b[o]`, with `x` as `[time, inputs]`. */
function convolvePlainly(x: Float32Array, convolution: QuantizedConvolution, bias?: Float32Array): Float32Array {
  const { outputs, inputs, taps, stride, quantized, scale, offset } = convolution;
  const times = Math.floor((x.length / inputs - taps) / stride) + 1;
  const y = new Float32Array(times * outputs);
  for (let time = 0; time < times; time += 1) {
    for (let output = 0; output < outputs; output += 1) {
      let sum = bias?.[output] ?? 0;
      for (let input = 0; input < inputs; input += 1) {
        for (let tap = 0; tap < taps; tap += 1) {
          const weight = scale * quantized[(output * inputs + input) * taps + tap]! + offset;
          sum += weight * x[(stride * time + tap) * inputs + input]!;
        }
      }
      y[time * outputs + output] = sum;
    }
  }
  return y;
}

// 16 bits of the input over some hundred products; floats to their rounding.
const MAXIMUM_ERROR = { signed: 1e-4, unsigned: 1e-5 };

describe.each(EXACT_FORMS)('in the %s graph', (sign) => {
  describe.each([
    ['conv2', 3],
    ['conv3', 2],
  ] as const)('%s', (name, stride) => {
    const convolution = weights.convolution(name);
    const bias = weights.encoder.floats(`${name}.bias`);
    const apply = async (x: Float32Array) => {
      const feeds = { x: floats(x, [1, x.length / convolution.inputs, convolution.inputs]) };
      const [y] = await runBlock(feeds, (graph) => [addConvolution(graph, 'x', convolution, bias, sign)]);
      return y!;
    };

    test.each([TIMES, TIMES + 1, TIMES + 2, convolution.taps])('is the sum of its windows over %i times', async (times) => {
      const x = seededFloats(times * convolution.inputs, SEED);
      const { data, dims } = await apply(x);
      expect(dims).toEqual([1, Math.floor((times - convolution.taps) / stride) + 1, convolution.outputs]);
      expect(relativeError(data, convolvePlainly(x, convolution, bias))).toBeLessThanOrEqual(MAXIMUM_ERROR[sign]);
    });

    test('hears times that are a thousand times as quiet as others', async () => {
      const x = seededFloats(TIMES * convolution.inputs, SEED);
      const loud = TIMES - convolution.taps;
      const mixed = x.map((value, index) => (index < loud * convolution.inputs ? value / 1000 : value));
      const { data } = await apply(mixed);
      const expected = convolvePlainly(mixed, convolution);
      // The first windows lie in the quiet times only. The steps of 16 bits are 1/32,512 of the peak, 3 % of those times.
      const quiet = (Math.floor((loud - convolution.taps) / stride) + 1) * convolution.outputs;
      const withoutBias = data.map((value, index) => value - bias[index % convolution.outputs]!);
      expect(relativeError(withoutBias.subarray(0, quiet), expected.subarray(0, quiet))).toBeLessThanOrEqual(0.05);
    });

    test('is its offsets where nothing is heard', async () => {
      const { data } = await apply(new Float32Array(convolution.taps * convolution.inputs));
      expect(relativeError(data, bias)).toBeLessThanOrEqual(1e-6);
    });
  });
});

describe('conv1', () => {
  const convolution = weights.convolution('conv1');
  const apply = async (samples: Float32Array) => {
    const [y] = await runBlock({ audio: floats(samples, [1, samples.length]) }, (graph) => [
      addSampleConvolution(graph, 'audio', convolution),
    ]);
    return y!;
  };

  test.each([0, 1, 62, 63, 64])('is the sum of its windows over speech with %i samples more than a window has', async (more) => {
    const samples = speech('tt-weasels').subarray(16_000, 16_000 + convolution.taps + 10 * 64 + more);
    const { data, dims } = await apply(samples);
    expect(dims).toEqual([1, more < 64 ? 11 : 12, convolution.outputs]);
    expect(relativeError(data, convolvePlainly(samples, convolution))).toBeLessThanOrEqual(1e-5);
  });

  test('takes a single window', async () => {
    const samples = speech('tt-weasels').subarray(16_000, 16_000 + convolution.taps);
    const { data, dims } = await apply(samples);
    expect(dims).toEqual([1, 1, convolution.outputs]);
    expect(relativeError(data, convolvePlainly(samples, convolution))).toBeLessThanOrEqual(1e-5);
  });
});
