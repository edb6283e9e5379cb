import { createMetrics } from '@outspoken/monitoring';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DispatchError } from '../src/dispatch/dispatcher.ts';
import { type Lane, type ScheduledClip, type ScheduledJob, Scheduler, type SchedulerOptions } from '../src/scheduling/scheduler.ts';
import { ManualDispatcher } from './support/manual-dispatcher.ts';

const SAMPLES_PER_MS = 16;

class Bench {
  nowMs = 0;
  readonly timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  readonly dispatcher: ManualDispatcher;
  readonly scheduler: Scheduler;

  constructor(slots = 1, options: Partial<SchedulerOptions> = {}) {
    this.dispatcher = new ManualDispatcher(slots);
    const schedule = (delayMs: number, callback: () => void) => {
      const timer = { atMs: this.nowMs + delayMs, callback };
      this.timers.add(timer);
      return () => this.timers.delete(timer);
    };
    this.scheduler = new Scheduler({ dispatcher: this.dispatcher, now: () => this.nowMs, schedule, ...options });
  }

  /** Moves time on and lets the timers that are due ring. */
  wait(durationMs: number): void {
    this.nowMs += durationMs;
    for (const timer of [...this.timers]) {
      if (timer.atMs <= this.nowMs && this.timers.delete(timer)) {
        timer.callback();
      }
    }
  }

  submit(key: string, options: Partial<ScheduledClip> & { readonly audioMs?: number } = {}): ScheduledJob {
    const { audioMs = 1000, ...clip } = options;
    return this.scheduler.submit({ lane: 'final', key, samples: new Float32Array(audioMs * SAMPLES_PER_MS), ...clip });
  }

  /** Ends the oldest running job and lets the promises it settles run. */
  async finishOne(busyMs?: number): Promise<void> {
    this.dispatcher.running[0]?.finish(busyMs);
    await settled();
  }

  async finishAll(): Promise<void> {
    while (this.dispatcher.running.length > 0) {
      await this.finishOne();
    }
  }
}

/** Lets every promise that can settle settle. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('gives a clip to an idle slot at once and returns its outcome with the time it waited', async () => {
  const bench = new Bench();
  const first = bench.submit('a');
  const second = bench.submit('b');
  expect(bench.dispatcher.begun).toEqual(['a']);
  bench.nowMs = 250;
  await bench.finishOne(80);
  await bench.finishOne(90);
  expect(await first.promise).toMatchObject({ queueMs: 0, busyMs: 80, attempt: 1 });
  expect(await second.promise).toMatchObject({ queueMs: 250, busyMs: 90 });
});

test('runs finals before interims before speculative clips', async () => {
  const bench = new Bench();
  bench.submit('running');
  bench.submit('s', { lane: 'speculative' });
  bench.submit('i', { lane: 'interim' });
  bench.submit('f');
  await bench.finishAll();
  expect(bench.dispatcher.begun).toEqual(['running', 'f', 'i', 's']);
});

test('a newer interim of the same clip replaces a waiting older one and keeps its place', async () => {
  const bench = new Bench();
  bench.submit('running');
  const older = bench.submit('a', { lane: 'interim' });
  bench.submit('b', { lane: 'interim' });
  const newer = bench.submit('a', { lane: 'interim', audioMs: 2000 });
  await expect(older.promise).rejects.toMatchObject({ code: 'coalesced' });
  await bench.finishAll();
  expect(bench.dispatcher.begun).toEqual(['running', 'a', 'b']);
  expect((await newer.promise).transcript.audioMs).toBe(2000);
});

test('a final makes a waiting interim of its clip needless', async () => {
  const bench = new Bench();
  bench.submit('running');
  const interim = bench.submit('a', { lane: 'interim' });
  bench.submit('a');
  await expect(interim.promise).rejects.toMatchObject({ code: 'coalesced' });
  await bench.finishAll();
  expect(bench.dispatcher.begun).toEqual(['running', 'a']);
});

test('a promoted speculative clip becomes the last of the finals', async () => {
  const bench = new Bench();
  bench.submit('running');
  const speculative = bench.submit('s', { lane: 'speculative' });
  bench.submit('f');
  speculative.promote();
  bench.submit('g');
  await bench.finishAll();
  expect(bench.dispatcher.begun).toEqual(['running', 'f', 's', 'g']);
  expect((await speculative.promise).attempt).toBe(1);
});

test('promoting a running or a settled clip changes nothing', async () => {
  const bench = new Bench();
  const job = bench.submit('s', { lane: 'speculative' });
  job.promote();
  await bench.finishAll();
  job.promote();
  job.cancel();
  expect(bench.dispatcher.begun).toEqual(['s']);
  expect((await job.promise).queueMs).toBe(0);
});

test('counts the deadline of a promoted clip from its promotion', async () => {
  const bench = new Bench();
  bench.submit('running');
  const job = bench.submit('s', { lane: 'speculative' });
  bench.nowMs = 1000;
  job.promote({ deadlineMs: 500 });
  bench.nowMs = 1500;
  await bench.finishAll();
  expect((await job.promise).queueMs).toBe(1500);
});

test('drops a clip whose deadline has passed when its turn comes, and tells when to try again', async () => {
  const bench = new Bench();
  bench.submit('running');
  const late = bench.submit('late', { deadlineMs: 500 });
  const next = bench.submit('next', { deadlineMs: 5000 });
  bench.nowMs = 501;
  await bench.finishAll();
  await expect(late.promise).rejects.toMatchObject({ code: 'deadline_exceeded', retryAfterMs: expect.any(Number) });
  expect((await next.promise).queueMs).toBe(501);
  expect(bench.dispatcher.begun).toEqual(['running', 'next']);
});

test('a clip is told of its deadline even when no worker ever comes', async () => {
  const bench = new Bench(0);
  const final = bench.submit('a', { deadlineMs: 500 });
  const promoted = bench.submit('b', { lane: 'speculative' });
  bench.wait(100);
  promoted.promote({ deadlineMs: 500 });
  bench.wait(401);
  await expect(final.promise).rejects.toMatchObject({ code: 'deadline_exceeded', retryAfterMs: expect.any(Number) });
  expect(bench.scheduler.snapshot().depth.final).toBe(1);
  bench.wait(100);
  await expect(promoted.promise).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect(bench.scheduler.snapshot().depth.final).toBe(0);
});

test('leaves no timer behind', async () => {
  const bench = new Bench();
  bench.submit('running', { deadlineMs: 500 });
  bench.submit('waiting', { deadlineMs: 500 });
  bench.submit('cancelled', { deadlineMs: 500 }).cancel();
  const promoted = bench.submit('promoted', { lane: 'speculative', deadlineMs: 900 });
  promoted.promote({ deadlineMs: 800 });
  expect(bench.timers.size).toBe(2);
  await bench.finishAll();
  expect(bench.timers.size).toBe(0);
});

test('cancels a waiting clip at once', async () => {
  const bench = new Bench();
  bench.submit('running');
  const abort = new AbortController();
  const first = bench.submit('a', { signal: abort.signal });
  const second = bench.submit('b');
  abort.abort(new Error('gone'));
  second.cancel();
  await expect(first.promise).rejects.toThrow('gone');
  await expect(second.promise).rejects.toMatchObject({ name: 'AbortError' });
  await bench.finishAll();
  expect(bench.dispatcher.begun).toEqual(['running']);
});

test('cancels a running clip, and waits for its slot', async () => {
  const bench = new Bench();
  const running = bench.submit('a');
  const next = bench.submit('b');
  running.cancel();
  await expect(running.promise).rejects.toMatchObject({ name: 'AbortError' });
  expect(bench.dispatcher.begun).toEqual(['a']);
  await bench.finishAll();
  expect(bench.dispatcher.begun).toEqual(['a', 'b']);
  expect((await next.promise).attempt).toBe(1);
});

test('refuses a clip that was cancelled before it came', async () => {
  const bench = new Bench();
  const job = bench.submit('a', { signal: AbortSignal.abort(new Error('gone')) });
  await expect(job.promise).rejects.toThrow('gone');
  expect(bench.dispatcher.begun).toEqual([]);
});

test('passes a failure of the dispatcher on and goes on', async () => {
  const bench = new Bench();
  const failed = bench.submit('a');
  const next = bench.submit('b');
  bench.dispatcher.running[0]?.fail(new DispatchError('decode_failed', 'no'));
  await expect(failed.promise).rejects.toMatchObject({ code: 'decode_failed' });
  await bench.finishAll();
  expect((await next.promise).attempt).toBe(1);
});

test('predicts the wait from the audio ahead, the measured cost and the slots', async () => {
  const bench = new Bench(2);
  expect(bench.scheduler.predictedWaitMs()).toBe(0);
  for (let i = 0; i < 200; i += 1) {
    bench.submit('warm', { audioMs: 1000 });
    await bench.finishOne(100);
  }
  // 0.1 ms of work per ms of audio from here on.
  expect(bench.scheduler.predictedWaitMs(1000)).toBeCloseTo(100, 3);
  bench.submit('a', { audioMs: 2000 });
  expect(bench.scheduler.predictedWaitMs(), 'one slot is idle').toBe(0);
  bench.submit('b', { audioMs: 4000 });
  expect(bench.scheduler.predictedWaitMs()).toBeCloseTo((200 + 400) / 2, 3);
  bench.submit('c', { audioMs: 6000 });
  bench.submit('s', { audioMs: 1000, lane: 'speculative' });
  bench.submit('i', { audioMs: 9000, lane: 'interim' });
  expect(bench.scheduler.predictedWaitMs(), 'interims do not count').toBeCloseTo((200 + 400 + 600 + 100) / 2, 3);
  bench.nowMs += 250;
  expect(bench.scheduler.predictedWaitMs(), 'what runs gets shorter').toBeCloseTo((0 + 150 + 600 + 100) / 2, 3);
  await bench.finishAll();
  expect(bench.scheduler.predictedWaitMs()).toBe(0);
});

test('refuses a clip that would come too late, with an honest time to try again', () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000 });
  expect(bench.scheduler.admit(30_000)).toMatchObject({ admitted: true });
  bench.submit('running', { audioMs: 10_000 });
  bench.submit('a', { audioMs: 10_000 });
  // The initial guess of the cost is 0.05: 500 ms run, 500 ms wait, the clip itself needs 150 ms.
  expect(bench.scheduler.admit(3000)).toEqual({ admitted: false, reason: 'overloaded', retryAfterMs: 150 });
  bench.nowMs += 151;
  expect(bench.scheduler.admit(3000)).toMatchObject({ admitted: true, predictedWaitMs: expect.closeTo(999, 3) });
});

test('clips that are turned away together are not told to come back together', () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000 });
  bench.submit('running', { audioMs: 10_000 });
  bench.submit('a', { audioMs: 10_000 });
  const retries = Array.from({ length: 300 }, () => {
    const admission = bench.scheduler.admit(3000);
    return admission.admitted ? 0 : admission.retryAfterMs;
  });
  // Each needs 150 ms: the second comes back when the first has had its turn.
  expect(retries.slice(0, 4)).toEqual([150, 300, 450, 600]);
  expect(Math.max(...retries)).toBe(30_000);
  bench.nowMs += 40_000;
  bench.submit('b', { audioMs: 20_000 });
  expect(bench.scheduler.admit(3000), 'what is past is forgotten').toMatchObject({ retryAfterMs: 650 });
});

test('always admits a clip with nothing ahead, however slow the machine', () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1 });
  expect(bench.scheduler.admit(30_000)).toMatchObject({ admitted: true });
  bench.submit('running', { audioMs: 100 });
  expect(bench.scheduler.admit(30_000)).toEqual({ admitted: false, reason: 'overloaded', retryAfterMs: 100 });
});

test('bounds the queue by audio and refuses what does not fit', async () => {
  const bench = new Bench(1, { maximumQueuedAudioMs: 5000 });
  bench.submit('running', { audioMs: 30_000 });
  const long = bench.submit('long', { audioMs: 20_000 });
  const refused = bench.submit('a', { audioMs: 1000 });
  const interim = bench.submit('b', { audioMs: 1000, lane: 'interim' });
  // 16 s too many at the initial cost of 0.05.
  await expect(refused.promise).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 800 });
  await expect(interim.promise).rejects.toMatchObject({ code: 'shed' });
  expect(bench.scheduler.admit(1000)).toMatchObject({ admitted: false, retryAfterMs: 800 });
  await bench.finishAll();
  expect((await long.promise).attempt).toBe(1);
});

test('drops waiting interims first and takes no more when the wait grows', async () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000, interimWaitRatio: 0.25 });
  bench.submit('running', { audioMs: 4000 });
  const waiting = bench.submit('i', { lane: 'interim' });
  bench.submit('a', { audioMs: 2000 });
  await expect(waiting.promise).rejects.toMatchObject({ code: 'shed' });
  await expect(bench.submit('j', { lane: 'interim' }).promise).rejects.toMatchObject({ code: 'shed' });
});

test('counts the time of the workers and shows the state of the queue', async () => {
  const metrics = createMetrics({ collectsProcess: false });
  const bench = new Bench(1, { metrics });
  bench.submit('running');
  bench.submit('a', { audioMs: 2000 });
  bench.submit('s', { lane: 'speculative' });
  bench.submit('r', { lane: 'file', audioMs: 5000 });
  expect(bench.scheduler.snapshot()).toEqual({
    depth: { final: 1, interim: 0, speculative: 1, file: 1 },
    audioMs: 8000,
    predictedWaitMs: expect.closeTo(200, 6),
    workerSlots: 1,
  });
  await bench.finishOne(1500);
  expect(await metrics.exposition()).toContain('outspoken_worker_busy_seconds_total 1.5');
});

test('close finishes the finals, drops the rest and refuses new clips', async () => {
  const bench = new Bench();
  const running = bench.submit('running', { lane: 'interim' });
  const waiting = bench.submit('a');
  const interim = bench.submit('i', { lane: 'interim' });
  const speculative = bench.submit('s', { lane: 'speculative' });
  let isClosed = false;
  const closed = bench.scheduler.close().then(() => {
    isClosed = true;
  });
  await expect(interim.promise).rejects.toMatchObject({ code: 'draining' });
  await expect(speculative.promise).rejects.toMatchObject({ code: 'draining' });
  await expect(bench.submit('b').promise).rejects.toMatchObject({ code: 'draining', retryAfterMs: 1000 });
  expect(bench.scheduler.admit(1000)).toEqual({ admitted: false, reason: 'draining', retryAfterMs: 1000 });
  await bench.finishOne();
  expect(isClosed).toBe(false);
  await bench.finishOne();
  await closed;
  expect((await running.promise).attempt + (await waiting.promise).attempt).toBe(2);
  await bench.scheduler.close();
});

test('close gives up when its signal is aborted', async () => {
  const bench = new Bench();
  const running = bench.submit('running');
  const waiting = bench.submit('a');
  const abort = new AbortController();
  const closed = bench.scheduler.close({ signal: abort.signal });
  abort.abort();
  await expect(running.promise).rejects.toMatchObject({ code: 'draining' });
  await expect(waiting.promise).rejects.toMatchObject({ code: 'draining' });
  await closed;
});

test('starts what waits when a worker has come back', async () => {
  const bench = new Bench(0);
  const job = bench.submit('a');
  expect(bench.dispatcher.begun).toEqual([]);
  bench.dispatcher.slots = 1;
  bench.dispatcher.onIdle?.();
  await bench.finishAll();
  expect((await job.promise).attempt).toBe(1);
});

test('refuses senseless limits', () => {
  expect(() => new Bench(1, { maximumPredictedWaitMs: 0 })).toThrow(RangeError);
  expect(() => new Bench(1, { interimWaitRatio: Number.NaN })).toThrow(RangeError);
});

const lane = fc.constantFrom<Lane>('final', 'interim', 'speculative', 'file');
const command = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('submit' as const),
      lane,
      key: fc.nat(5),
      audioMs: fc.integer({ min: 1, max: 30_000 }),
      deadlineMs: fc.option(fc.integer({ min: 0, max: 2000 }), { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('finish' as const), index: fc.nat(3), busyMs: fc.integer({ min: 0, max: 3000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('fail' as const), index: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('cancel' as const), index: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('promote' as const), index: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const), durationMs: fc.integer({ min: 0, max: 1500 }) }) },
);

test('whatever happens, every clip settles exactly once, no slot is idle while one waits that may run, and no more run than there are slots', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(command, { maxLength: 80 }), async (slots, commands) => {
      const bench = new Bench(slots, { maximumQueuedAudioMs: 120_000 });
      const jobs: ScheduledJob[] = [];
      const settlements: number[] = [];
      for (const step of commands) {
        if (step.type === 'submit') {
          const { lane, key, audioMs, deadlineMs } = step;
          const index = jobs.length;
          const job = bench.submit(`clip${key}`, { lane, audioMs, ...(deadlineMs === undefined ? {} : { deadlineMs }) });
          settlements.push(0);
          const count = () => {
            settlements[index] = (settlements[index] ?? 0) + 1;
          };
          job.promise.then(count, count);
          jobs.push(job);
        } else if (step.type === 'finish') {
          bench.dispatcher.running[step.index]?.finish(step.busyMs);
        } else if (step.type === 'fail') {
          bench.dispatcher.running[step.index]?.fail(new DispatchError('decode_failed', 'no'));
        } else if (step.type === 'wait') {
          bench.wait(step.durationMs);
        } else {
          jobs[step.index]?.[step.type]();
        }
        const { depth, predictedWaitMs, audioMs } = bench.scheduler.snapshot();
        const running = bench.dispatcher.running.length;
        const live = depth.final + depth.interim + depth.speculative;
        const waiting = depth.final + depth.interim + depth.speculative + depth.file;
        expect(bench.dispatcher.mostAtOnce).toBeLessThanOrEqual(slots);
        expect(live > 0 && bench.dispatcher.idleSlots > 0, 'a live clip waits while a slot is idle').toBe(false);
        // All slots but one are enough for files; with one slot they have it.
        expect(waiting > 0 && running < Math.max(1, slots - 1), 'a clip waits while a slot is idle that it may have').toBe(false);
        expect(predictedWaitMs).toBeGreaterThanOrEqual(0);
        expect(waiting === 0).toBe(audioMs === 0);
      }
      const closed = bench.scheduler.close();
      await bench.finishAll();
      await closed;
      await settled();
      expect(settlements).toEqual(jobs.map(() => 1));
      expect(bench.scheduler.predictedWaitMs()).toBe(0);
    }),
    { seed: 20_261_124, numRuns: 300 },
  );
});

test('finals begin before all else, live clips and files in turns, each lane in the order in which its clips came', async () => {
  const clips = fc.array(fc.record({ lane, audioMs: fc.integer({ min: 1, max: 500 }) }), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(clips, fc.integer({ min: 1, max: 3 }), async (list, slots) => {
      const bench = new Bench(slots);
      for (let i = 0; i < slots; i += 1) {
        bench.submit('running', { audioMs: 1 });
      }
      list.forEach(({ lane, audioMs }, index) => {
        bench.submit(`${lane}-${index}`, { lane, audioMs });
      });
      // So long that nobody speaks any more, to whom the files would leave a slot.
      bench.wait(10_000);
      await bench.finishAll();
      const of = (name: Lane) => list.flatMap((clip, index) => (clip.lane === name ? [`${name}-${index}`] : []));
      const live = [...of('interim'), ...of('speculative')];
      const files = of('file');
      const turns = Array.from({ length: Math.max(live.length, files.length) }, (_, index) => [live[index], files[index]]);
      const expected = [...of('final'), ...turns.flat().filter((name) => name !== undefined)];
      expect(bench.dispatcher.begun.slice(slots)).toEqual(expected);
    }),
    { seed: 20_261_124, numRuns: 100 },
  );
});

test('a final does not wait for the files that wait, only for those that run', () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000, maximumFileWaitMs: 4600, maximumQueuedAudioMs: 100_000 });
  bench.submit('running', { lane: 'file', audioMs: 10_000 });
  for (let i = 0; i < 9; i += 1) {
    bench.submit(`f${i}`, { lane: 'file', audioMs: 10_000 });
  }
  // The initial guess of the cost is 0.05.
  expect(bench.scheduler.predictedWaitMs()).toBeCloseTo(500, 6);
  expect(bench.scheduler.admit(3000)).toMatchObject({ admitted: true });
  // 500 ms run, 4500 ms wait, the clip itself needs 150 ms.
  expect(bench.scheduler.admit(3000, 'file')).toMatchObject({ admitted: false, reason: 'overloaded', retryAfterMs: 550 });
  expect(bench.scheduler.snapshot().audioMs).toBe(90_000);
});

test('a new file is let in while the queue is full: its clips wait for room', () => {
  const bench = new Bench(1, { maximumQueuedAudioMs: 5000 });
  bench.submit('running', { audioMs: 1000 });
  bench.submit('f', { lane: 'file', audioMs: 5000 });
  expect(bench.scheduler.admit(3000, 'file')).toMatchObject({ admitted: true });
  bench.submit('a', { audioMs: 5000 });
  expect(bench.scheduler.admit(3000)).toMatchObject({ admitted: false });
});

test('a file may wait longer than those who speak', () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000 });
  bench.submit('running', { audioMs: 10_000 });
  bench.submit('a', { audioMs: 100_000 });
  expect(bench.scheduler.admit(3000)).toMatchObject({ admitted: false });
  expect(bench.scheduler.admit(3000, 'file')).toMatchObject({ admitted: true, predictedWaitMs: expect.closeTo(5650, 6) });
});

test('files that are turned away do not put off those who speak', () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000, maximumFileWaitMs: 1000 });
  bench.submit('running', { audioMs: 10_000 });
  bench.submit('a', { audioMs: 10_000 });
  const fileRetries = Array.from({ length: 3 }, () => bench.scheduler.admit(3000, 'file'));
  expect(fileRetries).toMatchObject([{ retryAfterMs: 150 }, { retryAfterMs: 300 }, { retryAfterMs: 450 }]);
  expect(bench.scheduler.admit(3000)).toMatchObject({ admitted: false, retryAfterMs: 150 });
});

test('files fill what live speech leaves of the queue, and never take its room', async () => {
  const bench = new Bench(1, { maximumQueuedAudioMs: 5000 });
  bench.submit('running', { audioMs: 1000 });
  const file = bench.submit('f', { lane: 'file', audioMs: 4000 });
  const refused = bench.submit('g', { lane: 'file', audioMs: 2000 });
  await expect(refused.promise).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 100 });
  const final = bench.submit('a', { audioMs: 5000 });
  await bench.finishAll();
  expect((await file.promise).attempt + (await final.promise).attempt).toBe(2);
  expect(bench.dispatcher.begun).toEqual(['running', 'a', 'f']);
});

test('a final finds a slot at once while files are many and somebody speaks', async () => {
  const bench = new Bench(3);
  bench.submit('spoken', { lane: 'interim' });
  for (let i = 0; i < 6; i += 1) bench.submit(`f${i}`, { lane: 'file' });
  await bench.finishOne();
  expect(bench.dispatcher.begun).toEqual(['spoken', 'f0', 'f1']);
  bench.wait(9_999);
  bench.submit('a');
  expect(bench.dispatcher.begun.slice(3)).toEqual(['a']);
});

test('files take the slot that they have left to live speech when nobody has spoken for a while', async () => {
  const bench = new Bench(2);
  bench.submit('a');
  for (let i = 0; i < 4; i += 1) bench.submit(`f${i}`, { lane: 'file' });
  await bench.finishOne();
  expect(bench.dispatcher.begun).toEqual(['a', 'f0']);
  bench.wait(10_000);
  await bench.finishOne();
  expect(bench.dispatcher.begun).toEqual(['a', 'f0', 'f1', 'f2']);
});

test('files go on however long somebody speaks', async () => {
  const bench = new Bench(2);
  for (let i = 0; i < 4; i += 1) bench.submit(`f${i}`, { lane: 'file' });
  for (let i = 0; i < 8; i += 1) {
    bench.wait(1_000);
    bench.submit('spoken', { lane: 'interim' });
    await bench.finishOne();
  }
  expect(bench.dispatcher.begun.filter((name) => name.startsWith('f'))).toEqual(['f0', 'f1', 'f2', 'f3']);
});

test('a slot that is left to live speech does not let new files in', () => {
  const bench = new Bench(2, { maximumFileWaitMs: 1_000 });
  bench.submit('running', { lane: 'file', audioMs: 10_000 });
  bench.submit('spoken').cancel();
  bench.dispatcher.running[1]?.finish();
  for (let i = 0; i < 4; i += 1) bench.submit(`f${i}`, { lane: 'file', audioMs: 10_000 });
  expect(bench.scheduler.admit(3_000)).toMatchObject({ admitted: true, predictedWaitMs: expect.closeTo(150, 6) });
  expect(bench.scheduler.admit(3_000, 'file')).toMatchObject({ admitted: false, reason: 'overloaded' });
});

test('a scheduler that closes gives files all its slots', async () => {
  const bench = new Bench(2);
  bench.submit('a');
  for (let i = 0; i < 3; i += 1) bench.submit(`f${i}`, { lane: 'file' });
  const closed = bench.scheduler.close();
  await bench.finishOne();
  expect(bench.dispatcher.running).toHaveLength(2);
  await bench.finishAll();
  await closed;
});

test('close lets the clips of files finish, and gives them up when its signal is aborted', async () => {
  const bench = new Bench();
  bench.submit('running');
  const first = bench.submit('f', { lane: 'file' });
  const second = bench.submit('g', { lane: 'file' });
  const abort = new AbortController();
  const closed = bench.scheduler.close({ signal: abort.signal });
  await expect(bench.submit('h', { lane: 'file' }).promise).rejects.toMatchObject({ code: 'draining' });
  await bench.finishOne();
  await bench.finishOne();
  expect((await first.promise).attempt).toBe(1);
  abort.abort();
  await expect(second.promise).rejects.toMatchObject({ code: 'draining' });
  await closed;
});
