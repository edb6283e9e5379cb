import { createMetrics } from '@outspoken/monitoring';
import { expect, test } from 'vitest';
import { DispatchError } from '../src/dispatch/dispatcher.ts';
import { Bench } from './support/scheduler-bench.ts';

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
  expect(bench.timers.size).toBe(3);
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
  expect(bench.scheduler.admit(30_000, 'final', 'one')).toMatchObject({ admitted: true });
  bench.submit('running', { audioMs: 10_000 });
  bench.submit('a', { audioMs: 10_000 });
  // The initial guess of the cost is 0.05: 500 ms run, 500 ms wait, the clip itself needs 150 ms.
  expect(bench.scheduler.admit(3000, 'final', 'one')).toEqual({ admitted: false, reason: 'overloaded', retryAfterMs: 150 });
  bench.nowMs += 151;
  expect(bench.scheduler.admit(3000, 'final', 'one')).toMatchObject({ admitted: true, predictedWaitMs: expect.closeTo(999, 3) });
});

test('clips that are turned away together are not told to come back together', () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000 });
  bench.submit('running', { audioMs: 10_000 });
  bench.submit('a', { audioMs: 10_000 });
  const retries = Array.from({ length: 300 }, () => {
    const admission = bench.scheduler.admit(3000, 'final', 'one');
    return admission.admitted ? 0 : admission.retryAfterMs;
  });
  // Each needs 150 ms: the second comes back when the first has had its turn.
  expect(retries.slice(0, 4)).toEqual([150, 300, 450, 600]);
  expect(Math.max(...retries)).toBe(30_000);
  bench.nowMs += 40_000;
  bench.submit('b', { audioMs: 20_000 });
  expect(bench.scheduler.admit(3000, 'final', 'one'), 'what is past is forgotten').toMatchObject({ retryAfterMs: 650 });
});

test('always admits a clip with nothing ahead, however slow the machine', () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1 });
  expect(bench.scheduler.admit(30_000, 'final', 'one')).toMatchObject({ admitted: true });
  bench.submit('running', { audioMs: 100 });
  expect(bench.scheduler.admit(30_000, 'final', 'one')).toEqual({ admitted: false, reason: 'overloaded', retryAfterMs: 100 });
});

test('bounds the queue by audio and refuses what does not fit', async () => {
  const bench = new Bench(1, { maximumQueuedAudioMs: 5000 });
  bench.submit('running', { audioMs: 30_000 });
  const long = bench.submit('long', { audioMs: 20_000 });
  const refused = bench.submit('a', { audioMs: 1000 });
  const interim = bench.submit('b', { audioMs: 1000, lane: 'interim' });
  // At the initial cost of 0.05: 18 s must be gone before 2 s wait, which leave 3 s free, 1 s of them for the clip after them.
  await expect(refused.promise).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 900 });
  await expect(interim.promise).rejects.toMatchObject({ code: 'shed' });
  expect(bench.scheduler.admit(1000, 'final', 'two')).toMatchObject({ admitted: false, retryAfterMs: 800 });
  await bench.finishAll();
  expect((await long.promise).attempt).toBe(1);
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
  expect(bench.scheduler.admit(1000, 'final', 'one')).toEqual({ admitted: false, reason: 'draining', retryAfterMs: 1000 });
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

test('tells the dispatcher what is expected in a clip', async () => {
  const bench = new Bench(1);
  bench.submit('first', { keywords: ['Thornton'] });
  bench.submit('second');
  await bench.finishAll();
  expect(bench.dispatcher.jobs.map(({ keywords }) => keywords)).toEqual([['Thornton'], undefined]);
});

test('tells the dispatcher what was seen of a clip, in a batch and after a promotion too', async () => {
  const bench = new Bench(1, { maximumBatch: 2 });
  const speech = (voicedMs: number) => ({ voicedMs, peakProbability: 0.9, meanProbability: 0.7 });
  bench.submit('first', { speech: speech(32) });
  bench.submit('guess', { lane: 'speculative', speech: speech(64) }).promote();
  bench.submit('mate', { speech: speech(96) });
  bench.submit('unseen');
  await bench.finishAll();
  const seen = new Map(bench.dispatcher.jobs.map((job) => [job.jobId.split('#')[0], job.speech]));
  expect(seen).toEqual(
    new Map([
      ['first', speech(32)],
      ['guess', speech(64)],
      ['mate', speech(96)],
      ['unseen', undefined],
    ]),
  );
});

test('tells the dispatcher how long a clip is of use, and gives up what runs at its deadline', async () => {
  const bench = new Bench();
  bench.submit('first', { deadlineMs: 300 });
  const job = bench.submit('a', { deadlineMs: 500 });
  bench.wait(200);
  await bench.finishOne();
  expect(bench.dispatcher.jobs.map(({ deadlineInMs }) => deadlineInMs)).toEqual([300, 300]);
  bench.wait(301);
  await expect(job.promise).rejects.toMatchObject({ code: 'deadline_exceeded', retryAfterMs: expect.any(Number) });
  expect(bench.dispatcher.jobs[1]?.signal?.aborted).toBe(true);
  expect(bench.timers.size).toBe(0);
});

test('a clip that the dispatcher gives up at its deadline is late like one that waited', async () => {
  const bench = new Bench();
  const job = bench.submit('a', { deadlineMs: 500 });
  const error = new DispatchError('deadline_exceeded', 'late');
  bench.dispatcher.running[0]?.fail(error);
  await expect(job.promise).rejects.toMatchObject({ name: 'SchedulingError', code: 'deadline_exceeded', cause: error });
});

test('a speculation that runs when it is promoted has a deadline from then on', async () => {
  const bench = new Bench();
  const job = bench.submit('s', { lane: 'speculative' });
  bench.wait(5000);
  job.promote({ deadlineMs: 400 });
  bench.wait(401);
  await expect(job.promise).rejects.toMatchObject({ code: 'deadline_exceeded' });
});

test('lets an interim end that has begun, however late', async () => {
  const bench = new Bench();
  const job = bench.submit('i', { lane: 'interim', deadlineMs: 100 });
  expect(bench.timers.size).toBe(0);
  bench.wait(5000);
  await bench.finishOne();
  expect((await job.promise).attempt).toBe(1);
  expect(bench.dispatcher.jobs[0]).not.toHaveProperty('deadlineInMs');
});

test('begins no clip that could not be done in time while others wait; alone it is tried', async () => {
  const bench = new Bench();
  bench.submit('running');
  // At the initial cost of 0.05: 500 ms of work.
  const long = bench.submit('long', { audioMs: 10_000, deadlineMs: 700 });
  const next = bench.submit('next');
  bench.wait(250);
  await bench.finishOne();
  await expect(long.promise).rejects.toMatchObject({ code: 'deadline_exceeded' });
  await bench.finishAll();
  expect((await next.promise).attempt).toBe(1);
  bench.submit('hopeless', { audioMs: 10_000, deadlineMs: 10 });
  expect(bench.dispatcher.begun).toEqual(['running', 'next', 'hopeless']);
});
