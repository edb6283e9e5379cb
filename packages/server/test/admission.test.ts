import { expect, test } from 'vitest';
import { AdmissionControl } from '../src/scheduling/admission.ts';
import { createEntry, type Lane } from '../src/scheduling/scheduled-job.ts';
import { schedulerLimits } from '../src/scheduling/scheduler-limits.ts';

/** Waits and queues as the test says; a clip costs a tenth of its audio, one slot. */
function bench({ aheadMs = 0, queuedMs = 0, ownMs = 0 } = {}) {
  const wait = {
    aheadMs: () => aheadMs,
    costMs: (audioMs: number) => audioMs / 10,
    spanMs: (audioMs: number) => audioMs / 10,
    shareMs: (audioMs: number) => audioMs / 10,
    queuedAudioMs: () => queuedMs,
    queuedAudioOf: () => ownMs,
  };
  const limits = schedulerLimits({ maximumPredictedWaitMs: 1000, maximumFileWaitMs: 5000, maximumQueuedAudioMs: 10_000 });
  return new AdmissionControl({ limits, wait, now: () => 0 });
}

function clip(lane: Lane, audioMs: number) {
  return createEntry({ lane, key: 'k', tenant: 'one', samples: new Float32Array(audioMs * 16) }, { jobId: 'j', nowMs: 0 });
}

const OPEN = { isClosing: false, isShedding: false };

test('admits what is done in time and refuses what is not, files later than finals', () => {
  expect(bench({ aheadMs: 700 }).admit({ audioMs: 3000, lane: 'final', tenant: 'one' }, false)).toEqual({
    admitted: true,
    predictedWaitMs: 1000,
  });
  const late = bench({ aheadMs: 800 });
  expect(late.admit({ audioMs: 3000, lane: 'final', tenant: 'one' }, false)).toEqual({
    admitted: false,
    reason: 'overloaded',
    retryAfterMs: 100,
  });
  expect(late.admit({ audioMs: 3000, lane: 'file', tenant: 'one' }, false)).toMatchObject({ admitted: true });
  expect(bench({ aheadMs: 9 }).admit({ audioMs: 3000, lane: 'final', tenant: 'one' }, true)).toMatchObject({ reason: 'draining' });
});

test('a tenant may hold as much of the queue as it leaves free', () => {
  const own = bench({ queuedMs: 4000, ownMs: 4000 });
  expect(own.refusal(clip('final', 2000), OPEN)).toBeUndefined();
  // 4 s + 3 s of its own, only 6 s free: half a second must go, or the same again becomes free with it.
  expect(own.refusal(clip('final', 3000), OPEN)).toMatchObject({ code: 'overloaded', retryAfterMs: 100 });
  const others = bench({ queuedMs: 7000, ownMs: 0 });
  expect(others.refusal(clip('final', 3000), OPEN)).toBeUndefined();
  expect(others.refusal(clip('final', 5000), OPEN)).toMatchObject({ code: 'overloaded', retryAfterMs: 200 });
});

test('an empty queue takes a clip that is longer than the bound', () => {
  expect(bench().refusal(clip('final', 30_000), OPEN)).toBeUndefined();
});

test('interims go first, and nothing comes in any more at the end', () => {
  expect(bench().refusal(clip('interim', 1000), { ...OPEN, isShedding: true })).toMatchObject({ code: 'shed' });
  expect(bench().refusal(clip('final', 1000), { ...OPEN, isShedding: true })).toBeUndefined();
  expect(bench({ queuedMs: 9500 }).refusal(clip('interim', 1000), OPEN)).toMatchObject({ code: 'shed' });
  expect(bench().refusal(clip('interim', 1000), { isClosing: true, isShedding: true })).toMatchObject({ code: 'draining' });
});
