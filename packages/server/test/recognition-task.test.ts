import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RecognitionTask } from '../src/dispatch/recognition-task.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const job = { jobId: 'a', samples: new Float32Array(1) };

test('is given up with the reason of its signal, and says so', async () => {
  const controller = new AbortController();
  const onGivenUp = vi.fn();
  const task = new RecognitionTask({ ...job, signal: controller.signal }, onGivenUp);
  expect(task.isSettled).toBe(false);
  controller.abort(new Error('enough'));
  await expect(task.promise).rejects.toThrow('enough');
  expect(onGivenUp).toHaveBeenCalledExactlyOnceWith(task);
});

test('is given up at its deadline', async () => {
  const onGivenUp = vi.fn();
  const task = new RecognitionTask({ ...job, deadlineInMs: 500 }, onGivenUp);
  const refused = expect(task.promise).rejects.toMatchObject({ code: 'deadline_exceeded' });
  vi.advanceTimersByTime(499);
  expect(task.isSettled).toBe(false);
  vi.advanceTimersByTime(1);
  await refused;
  expect(onGivenUp).toHaveBeenCalledOnce();
});

test('does not begin when it is late or given up already', async () => {
  const onGivenUp = vi.fn();
  const late = new RecognitionTask({ ...job, deadlineInMs: 0 }, onGivenUp);
  const aborted = new RecognitionTask({ ...job, signal: AbortSignal.abort(new Error('too late')) }, onGivenUp);
  expect([late.isSettled, aborted.isSettled]).toEqual([true, true]);
  await expect(late.promise).rejects.toMatchObject({ code: 'deadline_exceeded' });
  await expect(aborted.promise).rejects.toThrow('too late');
  expect(onGivenUp).not.toHaveBeenCalled();
});

test('a deadline that never comes is none', () => {
  const task = new RecognitionTask({ ...job, deadlineInMs: Number.POSITIVE_INFINITY });
  vi.advanceTimersByTime(86_400_000);
  expect(task.isSettled).toBe(false);
  task.reject(new Error('end of the test'));
  task.promise.catch(() => {});
  expect(vi.getTimerCount()).toBe(0);
});

test('lets go of its timer and its signal when it has an answer', async () => {
  const controller = new AbortController();
  const onGivenUp = vi.fn();
  const task = new RecognitionTask({ ...job, deadlineInMs: 500, signal: controller.signal }, onGivenUp);
  task.reject(new Error('no'));
  await expect(task.promise).rejects.toThrow('no');
  expect(vi.getTimerCount()).toBe(0);
  controller.abort();
  expect(onGivenUp).not.toHaveBeenCalled();
});
