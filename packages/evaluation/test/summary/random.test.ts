import { expect, test } from 'vitest';
import { createRandomIndex } from '../../src/summary/random.ts';

test('gives the same numbers for the same seed, and others for another', () => {
  const take = (seed: number): number[] => {
    const draw = createRandomIndex(seed);
    return Array.from({ length: 20 }, () => draw(1000));
  };
  expect(take(7)).toEqual(take(7));
  expect(take(7)).not.toEqual(take(8));
});

test('gives every number below the bound about as often', () => {
  const draw = createRandomIndex(1);
  const counts = new Array<number>(10).fill(0);
  for (let index = 0; index < 10_000; index += 1) counts[draw(10)]! += 1;
  // Four standard deviations of a count of 1,000 in 10,000.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4 * 30);
});
