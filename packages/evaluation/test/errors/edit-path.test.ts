import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAXIMUM_CELLS, shortestEditPath } from '../../src/errors/edit-path.ts';
import { naiveDistance } from './naive-distance.ts';

const SEED = 20261127;
const count = (path: readonly string[], type: string): number => path.filter((step) => step === type).length;

function expectShortest(reference: readonly number[], hypothesis: readonly number[]): void {
  const path = shortestEditPath(Int32Array.from(reference), Int32Array.from(hypothesis));
  const edits = path.filter((step) => step !== 'equal').length;
  expect({ edits, substitutions: count(path, 'substitution') }).toEqual(naiveDistance(reference, hypothesis));
  let [i, j] = [0, 0];
  for (const step of path) {
    if (step === 'equal') expect(reference[i]).toBe(hypothesis[j]);
    if (step === 'substitution') expect(reference[i]).not.toBe(hypothesis[j]);
    if (step !== 'insertion') i += 1;
    if (step !== 'deletion') j += 1;
  }
  expect([i, j]).toEqual([reference.length, hypothesis.length]);
}

test('is as short as the plain table says, and walks through both texts', () => {
  const symbols = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 30 });
  fc.assert(fc.property(symbols, symbols, expectShortest), { seed: SEED, numRuns: 500 });
});

test('is as short in texts that are longer than the first band', () => {
  const symbols = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 60, maxLength: 160 });
  fc.assert(fc.property(symbols, symbols, expectShortest), { seed: SEED, numRuns: 30 });
});

test('has as many edits of each kind when the texts change places', () => {
  const symbols = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 });
  fc.assert(
    fc.property(symbols, symbols, (first, second) => {
      const forward = shortestEditPath(Int32Array.from(first), Int32Array.from(second));
      const backward = shortestEditPath(Int32Array.from(second), Int32Array.from(first));
      expect(count(backward, 'substitution')).toBe(count(forward, 'substitution'));
      expect(count(backward, 'insertion')).toBe(count(forward, 'deletion'));
    }),
    { seed: SEED },
  );
});

test('goes through ten thousand words against ten thousand others', () => {
  const length = 10_000;
  const path = shortestEditPath(new Int32Array(length), new Int32Array(length).fill(1));
  expect(count(path, 'substitution')).toBe(length);
});

test('refuses what no memory holds', () => {
  const length = Math.ceil(Math.sqrt(2 * MAXIMUM_CELLS));
  expect(() => shortestEditPath(new Int32Array(length), new Int32Array(length).fill(1))).toThrow(
    expect.objectContaining({ code: 'texts_too_different' }),
  );
});
