import { expect, test } from 'vitest';
import { CostModel } from '../src/scheduling/cost-model.ts';
import { InFlight } from '../src/scheduling/in-flight.ts';
import { LaneOrder } from '../src/scheduling/lane-order.ts';
import { createEntry, type Entry, type Lane } from '../src/scheduling/scheduled-job.ts';
import { WaitPrediction } from '../src/scheduling/wait-prediction.ts';

/** Two slots and a cost of a tenth of the audio. */
function bench({ idleSlots = 0, yieldingSlots = 0, mayStartFile = true } = {}) {
  const order = new LaneOrder<Entry>();
  const inFlight = new InFlight();
  let number = 0;
  const entry = (lane: Lane, tenant: string, audioMs: number): Entry => {
    number += 1;
    const samples = new Float32Array(audioMs * 16);
    return createEntry({ lane, key: 'k', tenant, samples }, { jobId: `${number}`, nowMs: 0 });
  };
  const put = (lane: Lane, tenant: string, audioMs: number): void => {
    order.lanes[lane].put(`${number}`, entry(lane, tenant, audioMs));
  };
  const costs = new CostModel({ initialCostRatio: 0.1, smoothing: 0.1 });
  const wait = new WaitPrediction({
    dispatcher: { slots: 2, idleSlots },
    costs,
    order,
    inFlight,
    now: () => 0,
    yieldingSlots: () => yieldingSlots,
    mayStartFile: () => mayStartFile,
  });
  return { wait, put, entry, inFlight, costs };
}

test('a final waits for finals, speculations and what runs; a file for other files as well; only an interim for interims', () => {
  const { wait, put, entry, inFlight } = bench();
  inFlight.add([entry('final', 'a', 1000)], { nowMs: 0, isInHand: false });
  for (const lane of ['final', 'speculative', 'interim', 'file'] as const) put(lane, 'a', 2000);
  expect([wait.aheadMs('final'), wait.aheadMs('file'), wait.aheadMs('interim')]).toEqual([250, 350, 350]);
  expect([wait.queuedAudioMs('final'), wait.queuedAudioMs('file'), wait.queuedAudioMs('interim')]).toEqual([4000, 6000, 6000]);
  expect([wait.queuedAudioOf('final', 'a'), wait.queuedAudioOf('final', 'b')]).toEqual([4000, 0]);
  expect(wait.handMs()).toBe(100);
});

test('a tenant with little waits no longer than it would beside another one with little', () => {
  const { wait, put } = bench();
  for (let i = 0; i < 20; i += 1) put('final', 'hog', 3000);
  expect(wait.aheadMs('final', { audioMs: 2000, tenant: 'small' })).toBe(100);
  expect(wait.aheadMs('final', { audioMs: 2000, tenant: 'hog' })).toBe(3000);
  expect(wait.aheadMs('final', { audioMs: 2000, tenant: undefined })).toBe(3000);
});

test('a file shares with files, and lets all live speech go first', () => {
  const { wait, put } = bench();
  for (let i = 0; i < 10; i += 1) put('final', 'hog', 3000);
  expect(wait.aheadMs('file', { audioMs: 2000, tenant: 'small' })).toBe(1500);
  for (let i = 0; i < 10; i += 1) put('file', 'hog', 3000);
  expect(wait.aheadMs('file', { audioMs: 2000, tenant: 'small' })).toBe(1600);
});

test('an idle slot means no wait, except for a file that may not have it', () => {
  const { wait, put } = bench({ idleSlots: 1, mayStartFile: false });
  put('file', 'a', 2000);
  expect([wait.aheadMs('final'), wait.aheadMs('file')]).toEqual([0, 100]);
});

test('a slot that makes way at once means no wait either', () => {
  expect(bench({ yieldingSlots: 1 }).wait.aheadMs('final', { audioMs: 2000, tenant: 'a' })).toBe(0);
});

test('a clip takes as long as the batches that clips run in', () => {
  const { wait, costs } = bench();
  expect(wait.spanMs(1000)).toBe(wait.costMs(1000));
  for (let i = 0; i < 200; i += 1) costs.observe(1000, 80, 4);
  // 0.9 ** 200 of the start is left.
  expect(wait.spanMs(1000)).toBeCloseTo(4 * 80, 4);
  expect(wait.shareMs(1000)).toBeCloseTo(40, 4);
});
