import { expect, test } from 'vitest';
import { type BatchLimits, BatchPlanner } from '../src/scheduling/batch-planner.ts';
import { CostModel } from '../src/scheduling/cost-model.ts';

const LIMITS: BatchLimits = { beginsAtMs: 0, maximumBatch: 4, waiting: 10, places: 1, maximumBatchMs: 10_000 };

function clip(audioMs: number, deadlineAtMs = Number.POSITIVE_INFINITY) {
  return { audioMs, deadlineAtMs };
}

function named(lengthsMs: readonly number[]): [string, ReturnType<typeof clip>][] {
  return lengthsMs.map((audioMs, index) => [`${index}`, clip(audioMs)]);
}

/** A planner that has learnt that a batch costs the less for each clip the larger it is. */
function learnt(): BatchPlanner {
  const planner = new BatchPlanner(new CostModel());
  for (let i = 0; i < 400; i += 1) {
    // All sizes: where there is no fourth clip, three is the best there is.
    const { mates } = planner.plan(clip(1000), named([1000, 1000, 1000].slice(0, 1 + (i % 3))), LIMITS);
    const size = mates.length + 1;
    for (let j = 0; j < size; j += 1) planner.observe(size, 1000, 50 - 8 * (size - 1));
  }
  return planner;
}

/** Keys of the mates that are planned most often: now and then another size is tried. */
function matesOf(
  planner: BatchPlanner,
  leader: ReturnType<typeof clip>,
  upcoming: readonly [string, ReturnType<typeof clip>][],
  limits: Partial<BatchLimits> = {},
): string {
  const counts = new Map<string, number>();
  for (let i = 0; i < 15; i += 1) {
    const keys = planner
      .plan(leader, upcoming, { ...LIMITS, ...limits })
      .mates.map(([key]) => key)
      .join();
    counts.set(keys, (counts.get(keys) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}

test('takes the clips that are nearest in length, none of them half as long again as another', () => {
  const planner = learnt();
  expect(matesOf(planner, clip(1000), named([5000, 1400, 800, 1050, 990, 300]))).toBe('4,3,2');
  // 800 and 1400 differ by more than half: the nearer one is taken.
  expect(matesOf(planner, clip(1000), named([1400, 800]))).toBe('1');
  expect(matesOf(planner, clip(1000), named([1501, 600]))).toBe('');
});

test('takes no more of long clips than memory is good for', () => {
  const planner = learnt();
  expect(matesOf(planner, clip(7000), named([8000, 8000, 8000, 8000]))).toBe('0,1,2');
  expect(matesOf(planner, clip(9000), named([8000, 8000, 8000, 8000]))).toBe('0,1');
  expect(matesOf(planner, clip(15_000), named([15_000, 15_000, 15_000]))).toBe('0');
  expect(matesOf(planner, clip(29_000), named([29_000]))).toBe('');
});

test('leaves clips alone that each have a place of their own, and shares the others evenly', () => {
  const planner = learnt();
  const upcoming = named([1000, 1000, 1000, 1000, 1000]);
  expect(matesOf(planner, clip(1000), upcoming, { waiting: 6, places: 6 })).toBe('');
  expect(matesOf(planner, clip(1000), upcoming, { waiting: 6, places: 4 })).toBe('0');
  expect(matesOf(planner, clip(1000), upcoming, { waiting: 6, places: 2 })).toBe('0,1');
  expect(matesOf(planner, clip(1000), upcoming, { waiting: 6, places: 1 })).toBe('0,1,2');
});

test('keeps to what the model takes', () => {
  const upcoming = named([1000, 1000, 1000]);
  expect(matesOf(learnt(), clip(1000), upcoming, { maximumBatch: 2 })).toBe('0');
  expect(new BatchPlanner(new CostModel()).plan(clip(1000), upcoming, { ...LIMITS, maximumBatch: 1 })).toEqual({
    mates: [],
    couldBatch: false,
  });
});

test('lets no clip miss its deadline for the sake of a batch', () => {
  const planner = learnt();
  const upcoming = named([1000, 1000, 1000]);
  // Four take about 4 × 26 ms, two about 2 × 42 ms.
  expect(matesOf(planner, clip(1000, 95), upcoming).split(',').length).toBeLessThan(3);
  expect(matesOf(planner, clip(1000, 60), upcoming)).toBe('');
});

test('makes no batch that holds up what comes next for too long', () => {
  expect(matesOf(learnt(), clip(1000), named([1000, 1000, 1000]), { maximumBatchMs: 60 })).toBe('');
});

test('looks only so far for mates', () => {
  const upcoming = named([...Array.from({ length: 32 }, () => 9000), 1000, 1000]);
  expect(matesOf(learnt(), clip(1000), upcoming)).toBe('');
});

test('says whether there was a choice', () => {
  const planner = new BatchPlanner(new CostModel());
  expect(planner.plan(clip(1000), named([1000]), LIMITS).couldBatch).toBe(true);
  expect(planner.plan(clip(1000), named([9000]), LIMITS).couldBatch).toBe(false);
  expect(planner.plan(clip(1000), named([1000]), { ...LIMITS, places: 10 }).couldBatch).toBe(false);
});
