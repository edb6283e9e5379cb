import { expect, test } from 'vitest';
import { DEFAULT_SCHEDULER_LIMITS, schedulerLimits } from '../src/scheduling/scheduler-limits.ts';

test('fills in the defaults', () => {
  expect(schedulerLimits({ interimBusyRatio: 0.5 })).toEqual({ ...DEFAULT_SCHEDULER_LIMITS, interimBusyRatio: 0.5 });
});

test('names the limit that makes no sense', () => {
  expect(() => schedulerLimits({ maximumQueuedAudioMs: 0 })).toThrow('maximumQueuedAudioMs must be above 0, got 0');
  expect(() => schedulerLimits({ interimWaitRatio: Number.NaN })).toThrow(RangeError);
});
