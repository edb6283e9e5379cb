import { describe, expect, test } from 'vitest';
import { MoonshineWeights } from '../../src/moonshine/graph/weights.ts';
import {
  addLinear,
  addRowLinear,
  joinLinears,
  type QuantizedLinear,
  scaleLinear,
  transposeLinear,
} from '../../src/onnx-graph/quantized-linear.ts';
import { floats, largestDifference, relativeError, runBlock, seededFloats } from '../support/built-graph.ts';
import { source } from '../support/moonshine-tiny.ts';
import { multiplyPlainly } from '../support/plain-math.ts';
import { EXACT_FORMS } from '../support/processor.ts';

const ROWS = 5;
const SEED = 20261125;
const weights = new MoonshineWeights(source.files);
const query = weights.encoderLinear(0, 'self_attn/q_proj');
const value = weights.encoderLinear(0, 'self_attn/v_proj');
const rise = weights.encoderLinear(0, 'mlp/fc1');

// Activations from -1 to 1 in steps of 2/255 are off by 2/255/√12 = 0.0023, and their root mean square is 1/√3: 0.004 of it.
const MAXIMUM_ERROR = 0.008;

/** Activations whose 8-bit form is exact: whole numbers, with the smallest and the largest that there are. */
const exactActivations = (count: number): Float32Array =>
  seededFloats(count, SEED).map((number, index) => (index === 0 ? -128 : index === 1 ? 127 : Math.round(number * 127)));

describe.each(EXACT_FORMS)('with %s weights', (sign) => {
  const apply = async (x: Float32Array, linear: QuantizedLinear, bias?: Float32Array): Promise<Float32Array> => {
    const [y] = await runBlock({ x: floats(x, [1, x.length / linear.inputs, linear.inputs]) }, (graph) => [
      addLinear(graph, 'x', linear, sign, bias),
    ]);
    return y!.data;
  };

  test('a map of the model is the product with its weights in floats', async () => {
    const x = seededFloats(ROWS * query.inputs, SEED);
    expect(relativeError(await apply(x, query), multiplyPlainly(x, query))).toBeLessThanOrEqual(MAXIMUM_ERROR);
  });

  test('what is lost is only the rounding of the activations', async () => {
    const x = exactActivations(ROWS * query.inputs);
    // Integers are summed exactly; only the factor at the end is a 32-bit float.
    expect(relativeError(await apply(x, query), multiplyPlainly(x, query))).toBeLessThanOrEqual(1e-6);
  });

  test('the largest activations and weights do not overflow', async () => {
    const largest: QuantizedLinear = {
      ...query,
      weights: new Uint8Array(query.weights.length).fill(255),
      zeroPoints: query.zeroPoints.map(() => 128),
      scales: query.scales.map(() => 1),
    };
    const x = new Float32Array(query.inputs).fill(255);
    expect([...new Set(await apply(x, largest))]).toEqual([query.inputs * 255 * 127]);
  });

  test('an offset is added', async () => {
    const x = seededFloats(ROWS * rise.inputs, SEED);
    const bias = weights.encoderFloats(0, 'mlp.fc1.bias');
    const difference = (await apply(x, rise, bias)).map((number, index) => number - bias[index % bias.length]!);
    expect(largestDifference(difference, await apply(x, rise))).toBeLessThanOrEqual(1e-5);
  });

  test('each column may have its own scale and zero point', async () => {
    const linear: QuantizedLinear = {
      ...query,
      scales: query.scales.map((_, output) => 0.001 * (1 + output)),
      zeroPoints: query.zeroPoints.map((_, output) => 100 + (output % 50)),
    };
    const x = exactActivations(ROWS * query.inputs);
    expect(relativeError(await apply(x, linear), multiplyPlainly(x, linear))).toBeLessThanOrEqual(1e-6);
  });

  test('maps side by side compute what each computes alone', async () => {
    const x = seededFloats(ROWS * query.inputs, SEED);
    const joined = await apply(x, joinLinears([query, value]));
    const [first, second] = [await apply(x, query), await apply(x, value)];
    for (let row = 0; row < ROWS; row += 1) {
      const start = row * (query.outputs + value.outputs);
      const middle = start + query.outputs;
      const own = (part: Float32Array) => part.subarray(row * query.outputs, (row + 1) * query.outputs);
      // Other kernels for other sizes: the last bits of a float.
      expect(relativeError(joined.subarray(start, middle), own(first))).toBeLessThanOrEqual(1e-6);
      expect(relativeError(joined.subarray(middle, middle + value.outputs), own(second))).toBeLessThanOrEqual(1e-6);
    }
  });

  test('a factor multiplies the result', async () => {
    const x = seededFloats(ROWS * query.inputs, SEED);
    const expected = (await apply(x, query)).map((number) => number / 6);
    expect(relativeError(await apply(x, scaleLinear(query, 1 / 6)), expected)).toBeLessThanOrEqual(1e-6);
  });
});

describe.each(EXACT_FORMS)('row by row, with %s weights', (sign) => {
  const apply = async (x: Float32Array, linear: QuantizedLinear, bias?: Float32Array): Promise<Float32Array> => {
    const [y] = await runBlock({ x: floats(x, [x.length / linear.inputs, 1, linear.inputs]) }, (graph) => [
      addRowLinear(graph, 'x', linear, sign, bias),
    ]);
    return y!.data;
  };
  /** A thousand times as loud from row to row, as no scale for all of them could hold. */
  const uneven = seededFloats(ROWS * query.inputs, SEED).map((value, index) => value * 1000 ** Math.floor(index / query.inputs));
  const rowOf = (values: Float32Array, row: number, length: number) => values.subarray(row * length, (row + 1) * length);

  test('every row is the product with the weights in floats, however loud the others are', async () => {
    const [y, expected] = [await apply(uneven, query), multiplyPlainly(uneven, query)];
    for (let row = 0; row < ROWS; row += 1) {
      expect(relativeError(rowOf(y, row, query.outputs), rowOf(expected, row, query.outputs))).toBeLessThanOrEqual(MAXIMUM_ERROR);
    }
  });

  test('a row gives to the last bit what it gives alone', async () => {
    const together = await apply(uneven, query);
    for (let row = 0; row < ROWS; row += 1) {
      const alone = await apply(Float32Array.from(rowOf(uneven, row, query.inputs)), query);
      expect(largestDifference(rowOf(together, row, query.outputs), alone)).toBe(0);
    }
  });

  test('an offset is added', async () => {
    const x = seededFloats(ROWS * rise.inputs, SEED);
    const bias = weights.encoderFloats(0, 'mlp.fc1.bias');
    const difference = (await apply(x, rise, bias)).map((number, index) => number - bias[index % bias.length]!);
    expect(largestDifference(difference, await apply(x, rise))).toBeLessThanOrEqual(1e-5);
  });

  test('a row of what is not a number leaves the others as they are', async () => {
    const poisoned = uneven.map((value, index) => (index < query.inputs ? Number.NaN : value));
    const [y, expected] = [await apply(poisoned, query), await apply(uneven, query)];
    expect(rowOf(y, 0, query.outputs).every(Number.isNaN)).toBe(true);
    expect(largestDifference(y.subarray(query.outputs), expected.subarray(query.outputs))).toBe(0);
  });
});

test('transposing swaps rows and columns of what was stored', () => {
  const stored: QuantizedLinear = {
    inputs: 2,
    outputs: 3,
    // [outputs, inputs]
    weights: Uint8Array.of(1, 2, 3, 4, 5, 6),
    scales: Float32Array.of(1, 2, 3),
    zeroPoints: Uint8Array.of(7, 8, 9),
  };
  expect(transposeLinear(stored)).toEqual({ ...stored, weights: Uint8Array.of(1, 3, 5, 2, 4, 6) });
});

test('joining, scaling and transposing leave the maps they are given as they are', () => {
  const copies = [query, value].map((linear) => Uint8Array.from(linear.weights));
  joinLinears([query, value]);
  scaleLinear(query, 2);
  transposeLinear(query);
  expect([query, value].map((linear, index) => Buffer.compare(linear.weights, copies[index]!))).toEqual([0, 0]);
});
