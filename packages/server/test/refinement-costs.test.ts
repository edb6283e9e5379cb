import { expect, test } from 'vitest';
import { RefinementCosts } from '../src/scheduling/refinement-costs.ts';

test('takes the dearest look that fits into the time', () => {
  const costs = new RefinementCosts();
  expect([400, 200, 100].map((withinMs) => costs.choose(100, withinMs))).toEqual(['best', 'balanced', undefined]);
});

test('learns what looks cost from those that were finished', () => {
  const costs = new RefinementCosts();
  for (let i = 0; i < 100; i += 1) costs.observe('best', 100, 250);
  // 0.9 ** 100 of the start is left.
  expect(costs.estimateMs('best', 50)).toBeCloseTo(125, 1);
  expect(costs.estimateMs('balanced', 100)).toBe(200);
});

test('one that was given up says only that it takes longer, if it had', () => {
  const costs = new RefinementCosts();
  costs.observeUnfinished('balanced', 100, 50);
  expect(costs.estimateMs('balanced', 100)).toBe(200);
  costs.observeUnfinished('balanced', 100, 300);
  expect(costs.estimateMs('balanced', 100)).toBeCloseTo(210);
});

test('passes over figures that make no sense', () => {
  const costs = new RefinementCosts();
  costs.observe('best', 0, 100);
  costs.observe('best', 100, Number.NaN);
  expect(costs.estimateMs('best', 100)).toBe(320);
});
