import { expect, test } from 'vitest';
import { findLargest, logSumExp } from '../../src/moonshine/logits.ts';

test('finds the first of the largest values', () => {
  expect(findLargest(Float32Array.of(1, 7, 3, 7))).toBe(1);
  expect(findLargest(Float32Array.of(-5))).toBe(0);
});

test('sums exponentials that overflow by themselves', () => {
  expect(logSumExp(Float32Array.of(1000, 1000), 1000)).toBeCloseTo(1000 + Math.LN2, 6);
  expect(logSumExp(Float32Array.of(0, Math.log(3)), Math.log(3))).toBeCloseTo(Math.log(4), 6);
  expect(logSumExp(Float32Array.of(0, Number.NaN), 0)).toBeNaN();
});
