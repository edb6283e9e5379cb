import { expect, test } from 'vitest';
import { BatchCosts } from '../src/scheduling/batch-costs.ts';
import { CostModel } from '../src/scheduling/cost-model.ts';

/** Chooses again and again and tells what it cost: clips of 1 s at this many milliseconds each by size. */
function run(costMs: Readonly<Record<number, number>>, choices: number, most = 4) {
  const sizes = new BatchCosts();
  const chosen: number[] = [];
  for (let i = 0; i < choices; i += 1) {
    const size = sizes.choose(most);
    chosen.push(size);
    for (let clip = 0; clip < size; clip += 1) sizes.observe(size, 1000, costMs[size] ?? 0);
  }
  return { sizes, chosen };
}

test('tries every size before long', () => {
  const { chosen } = run({ 1: 50, 2: 40, 3: 45, 4: 48 }, 12);
  expect(new Set(chosen)).toEqual(new Set([1, 2, 3, 4]));
});

test('settles on the cheapest size, and looks at the others now and then', () => {
  const { chosen } = run({ 1: 50, 2: 40, 3: 30, 4: 35 }, 400);
  const last = chosen.slice(-160);
  // One choice of 16 is a trial.
  expect(last.filter((size) => size === 3).length).toBeGreaterThanOrEqual(150);
  expect(new Set(last)).toEqual(new Set([1, 2, 3, 4]));
});

test('stays with one clip when batches cost more, or save next to nothing', () => {
  for (const costs of [
    { 1: 50, 2: 60, 3: 70, 4: 80 },
    { 1: 50, 2: 49, 3: 49, 4: 48 },
  ]) {
    const last = run(costs, 400).chosen.slice(-160);
    expect(last.filter((size) => size === 1).length).toBeGreaterThanOrEqual(150);
  }
});

test('notices when a size has become dear', () => {
  const { sizes } = run({ 1: 50, 2: 40, 3: 35, 4: 30 }, 200);
  expect(sizes.choose(4)).toBe(4);
  for (let i = 0; i < 120; i += 1) sizes.observe(4, 1000, 90);
  const next = Array.from({ length: 10 }, () => sizes.choose(4));
  expect(next.filter((size) => size === 4).length).toBeLessThanOrEqual(1);
});

test('chooses no more than there are', () => {
  const { chosen } = run({ 1: 50, 2: 40, 3: 30, 4: 20 }, 200, 2);
  expect(Math.max(...chosen)).toBe(2);
  expect(new BatchCosts().choose(1)).toBe(1);
});

test('takes a new size to cost what clips cost alone', () => {
  const sizes = new BatchCosts();
  const alone = new CostModel({ initialCostRatio: 0.1, smoothing: 0.1 });
  expect(sizes.estimateMs(3, 5000, alone)).toBeCloseTo(500, 9);
});

test('passes over measurements that cannot be', () => {
  const { sizes } = run({ 1: 50, 2: 40, 3: 30, 4: 35 }, 40);
  const alone = new CostModel();
  const before = sizes.estimateMs(1, 1000, alone);
  sizes.observe(1, 0, 10);
  sizes.observe(1, 1000, Number.NaN);
  sizes.observe(1, 1000, -1);
  sizes.observe(9, 1000, 1);
  expect(sizes.estimateMs(1, 1000, alone)).toBe(before);
});
