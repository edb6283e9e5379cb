import { expect, test } from 'vitest';
import { CostModel } from '../src/scheduling/cost-model.ts';

test('estimates from the initial guess before the first measurement', () => {
  expect(new CostModel({ initialCostRatio: 0.05, smoothing: 0.1 }).estimateMs(2000)).toBeCloseTo(100, 10);
});

test('converges on the measured cost', () => {
  const costs = new CostModel();
  for (let i = 0; i < 100; i += 1) {
    costs.observe(4000, 800);
  }
  // 0.9 ** 100 of the first guess is left: below 0.01 %.
  expect(costs.estimateMs(1000)).toBeCloseTo(200, 1);
});

test('weighs a long clip more than a short one, whose cost is mostly fixed', () => {
  const costs = new CostModel({ initialCostRatio: 0.1, smoothing: 0.5 });
  for (let i = 0; i < 50; i += 1) {
    costs.observe(200, 100);
    costs.observe(10_000, 1000);
  }
  expect(costs.estimateMs(1000)).toBeLessThan(120);
});

test('passes over measurements that cannot be', () => {
  const costs = new CostModel();
  const before = costs.estimateMs(1000);
  for (const [audioMs, busyMs] of [
    [0, 10],
    [-1, 10],
    [1000, Number.NaN],
    [1000, -1],
    [Number.POSITIVE_INFINITY, 1],
  ] as const) {
    costs.observe(audioMs, busyMs);
  }
  expect(costs.estimateMs(1000)).toBe(before);
});

test('refuses senseless options', () => {
  expect(() => new CostModel({ initialCostRatio: 0, smoothing: 0.1 })).toThrow(RangeError);
  expect(() => new CostModel({ initialCostRatio: 1, smoothing: 1.5 })).toThrow(RangeError);
});

test('a clip that runs beside others ends when they all have had their time', () => {
  const costs = new CostModel({ initialCostRatio: 0.05, smoothing: 0.1 });
  expect(costs.estimateSpanMs(2000)).toBe(costs.estimateMs(2000));
  for (let i = 0; i < 200; i += 1) costs.observe(1000, 40, 3);
  // 0.9 ** 200 of the first guess is left.
  expect(costs.estimateSpanMs(1000)).toBeCloseTo(120, 5);
});
