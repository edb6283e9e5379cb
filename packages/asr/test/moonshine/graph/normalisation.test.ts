import { expect, test } from 'vitest';
import { addGroupNormalisation, addLayerNormalisation, addResidualNormalisation } from '../../../src/moonshine/graph/normalisation.ts';
import { MoonshineWeights } from '../../../src/moonshine/graph/weights.ts';
import { floats, largestDifference, runBlock, seededFloats } from '../../support/built-graph.ts';
import { source } from '../../support/moonshine-tiny.ts';

const SEED = 20261125;
const TIMES = 6;
const EPSILON = 1e-5;
// Values of about 1 in 32-bit floats, in sums of some hundred to some thousand.
const MAXIMUM_DIFFERENCE = 1e-4;

const weights = new MoonshineWeights(source.files);
const { width } = weights.sizes;
const gain = weights.encoderFloats(0, 'input_layernorm.weight');
const shape = [1, TIMES, width];
// Far from 0, so that a mean that is not taken off shows.
const x = seededFloats(TIMES * width, SEED).map((value, index) => 3 * value + 1 + Math.floor(index / width));

/** `(x − mean) / √(variance + ε)` over all of it. */
function normalisePlainly(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(variance + EPSILON));
}

/** Each time for itself, then the gain of each channel. */
function normaliseTimes(values: Float32Array): Float32Array {
  const normalised = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += width) normalised.set(normalisePlainly(values.subarray(start, start + width)), start);
  return normalised.map((value, index) => value * gain[index % width]!);
}

test('a layer normalisation takes each time for itself and has a gain', async () => {
  const [y] = await runBlock({ x: floats(x, shape) }, (graph) => [addLayerNormalisation(graph, 'x', gain)]);
  expect(y!.dims).toEqual(shape);
  expect(largestDifference(y!.data, normaliseTimes(x))).toBeLessThanOrEqual(MAXIMUM_DIFFERENCE);
});

test('times without any sound stay finite', async () => {
  const [y] = await runBlock({ x: floats(new Float32Array(TIMES * width), shape) }, (graph) => [addLayerNormalisation(graph, 'x', gain)]);
  expect(y!.data.every((value) => value === 0)).toBe(true);
});

test('a residual connection gives the sum and its normalisation', async () => {
  const residual = seededFloats(TIMES * width, SEED + 1);
  const [normalised, sum] = await runBlock({ x: floats(x, shape), residual: floats(residual, shape) }, (graph) => {
    const added = addResidualNormalisation(graph, 'x', 'residual', gain);
    return [added.normalised, added.sum];
  });
  const expected = x.map((value, index) => value + residual[index]!);
  expect(largestDifference(sum!.data, expected)).toBe(0);
  expect(largestDifference(normalised!.data, normaliseTimes(expected))).toBeLessThanOrEqual(MAXIMUM_DIFFERENCE);
});

test('a group normalisation takes the whole clip at once and has a gain and an offset for each channel', async () => {
  const group = weights.groupNormalisation();
  const [y] = await runBlock({ x: floats(x, shape) }, (graph) => [addGroupNormalisation(graph, 'x', group)]);
  const expected = normalisePlainly(x).map((value, index) => value * group.gain[index % width]! + group.offset[index % width]!);
  expect(y!.dims).toEqual(shape);
  expect(largestDifference(y!.data, expected)).toBeLessThanOrEqual(MAXIMUM_DIFFERENCE);
});
