import { expect, test } from 'vitest';
import { backoffDelayMs } from '../src/backoff.ts';

const OPTIONS = { baseMs: 500, maxMs: 30_000 };

test('the upper end doubles up to the maximum', () => {
  const upperEnds = [0, 1, 2, 5, 6, 7, 1000].map((attempt) => backoffDelayMs(attempt, OPTIONS, () => 1));
  expect(upperEnds).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000, 30_000]);
});

test('the wait is spread from zero to the upper end', () => {
  expect(backoffDelayMs(3, OPTIONS, () => 0)).toBe(0);
  expect(backoffDelayMs(3, OPTIONS, () => 0.25)).toBe(1000);
});
