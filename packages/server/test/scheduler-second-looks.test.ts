import { expect, test } from 'vitest';
import { simulateLoad } from './support/load-simulation.ts';

const STOP_MS = 20;
const LOOK = { costRatio: 3.2, usefulMs: 566, stopMs: STOP_MS };
const CLIPS = { seed: 1, shares: { one: 0.5, two: 0.5 }, durationMs: 60_000, meanCostMs: 100, lengthSpread: 0.6, costSpread: 0.3 };

async function measure(load: number, slots: number) {
  const common = { ...CLIPS, load, slots, deadlineMs: 10_000 };
  const [plain, again] = [await simulateLoad(common), await simulateLoad({ ...common, secondLook: LOOK })];
  const latenciesOf = ({ served }: typeof plain): number[] => [...served.values()].flatMap(({ latenciesMs }) => latenciesMs);
  const [before, after] = [latenciesOf(plain), latenciesOf(again)];
  return { before, after, lookRatio: again.secondLooks / after.length };
}

test.each([1, 2])('with %i slots nearly every clip is heard again while little comes, and none when much does', async (slots) => {
  const ratios = [];
  for (const load of [0.05, 0.3, 0.9]) ratios.push((await measure(load, slots)).lookRatio);
  // 0.86-0.91, 0.5 and 0-0.01 over five minutes.
  expect(ratios[0]).toBeGreaterThan(0.7);
  expect(ratios[1]).toBeGreaterThan(0.3);
  expect(ratios[1]).toBeLessThan(0.7);
  expect(ratios[2]).toBeLessThan(0.05);
});

test.each([0.1, 0.4, 0.8])(
  'a clip is later for the second looks of others by at most the time in which a worker stops, at a load of %f',
  async (load) => {
    const { before, after } = await measure(load, 2);
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(after).toHaveLength(before.length);
    expect(mean(after) - mean(before)).toBeLessThanOrEqual(STOP_MS);
  },
);
