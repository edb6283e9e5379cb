import { expect, test } from 'vitest';
import { addRotaryEmbedding, addRotaryTables } from '../../../src/moonshine/graph/rotary-embedding.ts';
import { MoonshineWeights } from '../../../src/moonshine/graph/weights.ts';
import { floats, integers, largestDifference, relativeError, runBlock, seededFloats } from '../../support/built-graph.ts';
import { source } from '../../support/moonshine-tiny.ts';
import { rotatePlainly } from '../../support/plain-math.ts';

const SEED = 20261125;
const TIMES = 6;
const POSITIONS = 200;
// Sines and products of values up to 1 in 32-bit floats.
const MAXIMUM_DIFFERENCE = 1e-5;

const { sizes, frequencies } = new MoonshineWeights(source.files);
const { width, heads, headSize } = sizes;

async function rotate(x: Float32Array, position: number): Promise<Float32Array> {
  const feeds = { x: floats(x, [1, x.length / width, width]), position: integers([position]) };
  const [y] = await runBlock(feeds, (graph) => [
    addRotaryEmbedding(graph, 'x', 'position', addRotaryTables(graph, frequencies, POSITIONS), heads),
  ]);
  return y!.data;
}

test.each([0, 1, 100, POSITIONS - TIMES])('turns the pairs of times that begin at position %i', async (position) => {
  const x = seededFloats(TIMES * width, SEED);
  const expected = rotatePlainly(x, frequencies, { heads, headSize, position });
  expect(largestDifference(await rotate(x, position), expected)).toBeLessThanOrEqual(MAXIMUM_DIFFERENCE);
});

test('leaves the last values of each head as they are', async () => {
  const x = seededFloats(TIMES * width, SEED);
  const rotated = 2 * frequencies.length;
  expect(rotated).toBeLessThan(headSize);
  const y = await rotate(x, 3);
  expect(y.every((value, index) => index % headSize < rotated || value === x[index])).toBe(true);
});

test('turns nothing at position 0', async () => {
  const x = seededFloats(width, SEED);
  expect(relativeError(await rotate(x, 0), x)).toBe(0);
});

test('makes the product of two times depend on their distance only', async () => {
  const [query, key] = [seededFloats(width, SEED), seededFloats(width, SEED + 1)];
  const product = async (from: number, to: number): Promise<number> => {
    const [a, b] = [await rotate(query, from), await rotate(key, to)];
    return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  };
  // A sum of 288 products of values up to 1.
  expect(await product(5, 2)).toBeCloseTo(await product(105, 102), 3);
  expect(Math.abs((await product(5, 2)) - (await product(5, 3)))).toBeGreaterThan(0.01);
});
