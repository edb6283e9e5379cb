import { expect, test } from 'vitest';
import { SlotLoad } from '../src/scheduling/slot-load.ts';

test('grows with the time in which slots are busy and falls when they are not', () => {
  const load = new SlotLoad(3000, 1000);
  expect(load.meanRatio(5000)).toBe(0);
  load.note(2, 2, 5000);
  // 1 − e⁻¹ and e⁻¹ of it, as the exponential mean is defined.
  expect(load.meanRatio(8000)).toBeCloseTo(1 - Math.exp(-1), 12);
  load.note(0, 2, 8000);
  expect(load.meanRatio(11_000)).toBeCloseTo((1 - Math.exp(-1)) * Math.exp(-1), 12);
});

test('a part of the slots counts as that part', () => {
  const load = new SlotLoad(3000, 0);
  load.note(1, 4, 0);
  expect(load.meanRatio(1e9)).toBeCloseTo(0.25, 12);
});

test('is never above 1, even if workers go while they are busy', () => {
  const load = new SlotLoad(3000, 0);
  load.note(3, 0, 0);
  expect(load.meanRatio(1e9)).toBe(1);
});
