import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RecognitionTask } from '../src/dispatch/recognition-task.ts';
import type { ParentMessage, WorkerMessage } from '../src/dispatch/worker-protocol.ts';
import { type WorkerProcess, WorkerSlot } from '../src/dispatch/worker-slot.ts';
import { FAKE_MODEL } from './support/fake-model.ts';

/** A child process whose every word is the test's. */
class FakeProcess extends EventEmitter {
  readonly pid = 1;
  readonly connected = true;
  readonly sent: ParentMessage[] = [];
  readonly kill = vi.fn(() => true);

  send(message: ParentMessage): boolean {
    this.sent.push(message);
    return true;
  }

  say(message: WorkerMessage): void {
    this.emit('message', message);
  }
}

const TIMEOUTS = { loadTimeoutMs: 1000, jobTimeoutMs: 1000, silenceTimeoutMs: 400 };

function bench() {
  const child = new FakeProcess();
  const listener = { onReady: vi.fn(), onClipEnd: vi.fn(), onFree: vi.fn(), onWithdrawn: vi.fn(), onDeath: vi.fn() };
  const clock = { nowMs: 0 };
  const slot = new WorkerSlot({
    workerId: 1,
    // As much of a child process as a slot uses.
    process: child as unknown as WorkerProcess,
    timeouts: TIMEOUTS,
    now: () => clock.nowMs,
    listener,
  });
  child.say({ type: 'ready', model: FAKE_MODEL });
  return { child, listener, slot, clock };
}

const task = (jobId: string, lengthSamples = 1600) => new RecognitionTask({ jobId, samples: new Float32Array(lengthSamples) });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('has room for one batch that runs and one in its hand', () => {
  const { child, slot, listener } = bench();
  expect([slot.isIdle, slot.hasFreeHand]).toEqual([true, false]);
  slot.give([task('a')]);
  expect([slot.isIdle, slot.hasFreeHand]).toEqual([false, true]);
  slot.give([task('b'), task('c')]);
  expect([slot.isIdle, slot.hasFreeHand]).toEqual([false, false]);
  expect(slot.tasks.map(({ job }) => job.jobId)).toEqual(['a', 'b', 'c']);
  child.say({ type: 'begun', batchId: 1 });
  child.say({ type: 'cancelled', jobId: 'a' });
  expect(listener.onFree).toHaveBeenCalledOnce();
  expect([slot.isIdle, slot.hasFreeHand]).toEqual([false, true]);
});

test('gives each clip of a batch with what was seen of it', () => {
  const { child, slot } = bench();
  const speech = { voicedMs: 96, peakProbability: 0.9, meanProbability: 0.7 };
  const samples = new Float32Array(1600);
  const signal = new AbortController().signal;
  const keywords = ['Thornton'];
  slot.give([new RecognitionTask({ jobId: 'a', samples, speech, keywords, signal }), new RecognitionTask({ jobId: 'b', samples })]);
  const clips = [
    { jobId: 'a', samples, speech, keywords },
    { jobId: 'b', samples },
  ];
  expect(child.sent).toStrictEqual([{ type: 'batch', batchId: 1, clips }]);
});

test('tells how long a clip was in its hand', () => {
  const { child, slot, listener, clock } = bench();
  const first = task('a');
  const second = task('b');
  slot.give([first]);
  slot.give([second]);
  child.say({ type: 'begun', batchId: 1 });
  clock.nowMs = 70;
  child.say({ type: 'failed', jobId: 'a', code: 'model_failed', message: 'no' });
  child.say({ type: 'begun', batchId: 2 });
  clock.nowMs = 90;
  const transcript = {} as never;
  child.say({ type: 'result', jobId: 'b', transcript, busyMs: 20, batchSize: 1 });
  expect(listener.onClipEnd.mock.calls).toEqual([
    [first, expect.objectContaining({ type: 'failed' })],
    [second, { type: 'result', transcript, busyMs: 20, batchSize: 1, handMs: 70 }],
  ]);
});

test('has more patience with a larger batch, from the moment that the worker is free for it', () => {
  const { child, slot } = bench();
  slot.give([task('a')]);
  slot.give([task('b'), task('c')]);
  const wait = (ms: number): void => {
    for (let waited = 0; waited < ms; waited += 100) {
      vi.advanceTimersByTime(100);
      child.say({ type: 'heartbeat' });
    }
  };
  wait(900);
  child.say({ type: 'cancelled', jobId: 'a' });
  wait(1900);
  expect(child.kill).not.toHaveBeenCalled();
  wait(100);
  expect(child.kill).toHaveBeenCalledOnce();
});

test('kills a worker that is silent while a batch runs, not an idle one', () => {
  const { child, slot } = bench();
  vi.advanceTimersByTime(10_000);
  expect(child.kill).not.toHaveBeenCalled();
  slot.give([task('a')]);
  vi.advanceTimersByTime(399);
  child.say({ type: 'begun', batchId: 1 });
  vi.advanceTimersByTime(399);
  expect(child.kill).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(child.kill).toHaveBeenCalledOnce();
});

test('asks a batch back from the hand, and knows when it was too late', () => {
  const { child, slot, listener } = bench();
  slot.withdraw();
  slot.give([task('a')]);
  slot.withdraw();
  expect(child.sent.filter(({ type }) => type === 'withdraw')).toEqual([]);
  const second = task('b');
  slot.give([second]);
  expect([slot.hasBatchToGive, slot.isAskedBack]).toEqual([true, false]);
  slot.withdraw();
  expect([slot.hasBatchToGive, slot.isAskedBack]).toEqual([false, true]);
  child.say({ type: 'withdrawn', batchId: 2 });
  expect(listener.onWithdrawn).toHaveBeenCalledExactlyOnceWith([second]);
  expect([slot.hasFreeHand, slot.isAskedBack]).toEqual([true, false]);
  slot.give([task('c')]);
  slot.withdraw();
  child.say({ type: 'cancelled', jobId: 'a' });
  expect(slot.isAskedBack).toBe(true);
  child.say({ type: 'begun', batchId: 3 });
  expect([slot.isAskedBack, slot.isIdle, slot.hasFreeHand]).toEqual([false, false, true]);
});

test('is idle when the batch that it was to run next was given back', () => {
  const { child, slot, listener } = bench();
  slot.give([task('a')]);
  slot.give([task('b')]);
  slot.withdraw();
  child.say({ type: 'cancelled', jobId: 'a' });
  child.say({ type: 'withdrawn', batchId: 2 });
  expect(slot.isIdle).toBe(true);
  expect(listener.onWithdrawn).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(10_000);
  expect(child.kill).not.toHaveBeenCalled();
});

test('passes a cancellation on only for a clip that it has', () => {
  const { child, slot } = bench();
  const mine = task('a');
  slot.give([mine]);
  slot.cancel(task('a'));
  slot.cancel(task('b'));
  expect(child.sent.filter(({ type }) => type === 'cancel')).toEqual([]);
  slot.cancel(mine);
  expect(child.sent.at(-1)).toEqual({ type: 'cancel', jobId: 'a' });
});

test('leaves what was not answered, and says what was begun', () => {
  const { child, slot, listener } = bench();
  const [first, second, third] = [task('a'), task('b'), task('c')];
  slot.give([first, second]);
  slot.give([third]);
  child.say({ type: 'begun', batchId: 1 });
  child.say({ type: 'failed', jobId: 'a', code: 'model_failed', message: 'no' });
  child.emit('exit', 3, null);
  expect(listener.onDeath).toHaveBeenCalledExactlyOnceWith(
    'crashed',
    { exitCode: 3, signal: null, message: undefined },
    { running: [second], hasBegun: true, hand: [third] },
  );
  expect(slot.isReady).toBe(false);
});

test('guesses when it will be free', () => {
  const { child, slot, clock } = bench();
  expect(slot.expectedBusyMs(0.01)).toBe(0);
  slot.give([task('a', 10_000), task('b', 6000)]);
  clock.nowMs = 10;
  child.say({ type: 'begun', batchId: 1 });
  clock.nowMs = 50;
  expect(slot.expectedBusyMs(0.01)).toBe(120);
});

test('ends soonest when all that it runs was given up', () => {
  const { slot } = bench();
  const abort = new AbortController();
  const { signal } = abort;
  const given = new RecognitionTask({ jobId: 'a', samples: new Float32Array(10_000), signal });
  given.promise.catch(() => {});
  slot.give([given]);
  expect(slot.expectedBusyMs(0.01)).toBe(100);
  abort.abort();
  expect(slot.expectedBusyMs(0.01)).toBe(Number.NEGATIVE_INFINITY);
});
