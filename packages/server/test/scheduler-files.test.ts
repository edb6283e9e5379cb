import { expect, test } from 'vitest';
import { Bench } from './support/scheduler-bench.ts';

test('a final does not wait for the files that wait, only for those that run', () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000, maximumFileWaitMs: 4600, maximumQueuedAudioMs: 200_000 });
  bench.submit('running', { lane: 'file', audioMs: 10_000 });
  for (let i = 0; i < 9; i += 1) {
    bench.submit(`f${i}`, { lane: 'file', audioMs: 10_000 });
  }
  // The initial guess of the cost is 0.05.
  expect(bench.scheduler.predictedWaitMs()).toBeCloseTo(500, 6);
  expect(bench.scheduler.admit(3000, 'final', 'one')).toMatchObject({ admitted: true });
  // 500 ms run, 4500 ms wait, the clip itself needs 150 ms.
  expect(bench.scheduler.admit(3000, 'file', 'one')).toMatchObject({ admitted: false, reason: 'overloaded', retryAfterMs: 550 });
  expect(bench.scheduler.snapshot().audioMs).toBe(90_000);
});

test('a new file is let in while the queue is full: its clips wait for room', () => {
  const bench = new Bench(1, { maximumQueuedAudioMs: 5000 });
  bench.submit('running', { audioMs: 1000 });
  bench.submit('f', { lane: 'file', audioMs: 5000 });
  expect(bench.scheduler.admit(3000, 'file', 'one')).toMatchObject({ admitted: true });
  bench.submit('a', { audioMs: 5000 });
  expect(bench.scheduler.admit(3000, 'final', 'one')).toMatchObject({ admitted: false });
});

test('a file may wait longer than those who speak', () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000 });
  bench.submit('running', { audioMs: 10_000 });
  bench.submit('a', { audioMs: 100_000 });
  expect(bench.scheduler.admit(3000, 'final', 'one')).toMatchObject({ admitted: false });
  expect(bench.scheduler.admit(3000, 'file', 'one')).toMatchObject({ admitted: true, predictedWaitMs: expect.closeTo(5650, 6) });
});

test('files that are turned away do not put off those who speak', () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000, maximumFileWaitMs: 1000 });
  bench.submit('running', { audioMs: 10_000 });
  bench.submit('a', { audioMs: 10_000 });
  const fileRetries = Array.from({ length: 3 }, () => bench.scheduler.admit(3000, 'file', 'one'));
  expect(fileRetries).toMatchObject([{ retryAfterMs: 150 }, { retryAfterMs: 300 }, { retryAfterMs: 450 }]);
  expect(bench.scheduler.admit(3000, 'final', 'one')).toMatchObject({ admitted: false, retryAfterMs: 150 });
});

test('files fill what live speech leaves of the queue, and never take its room', async () => {
  const bench = new Bench(1, { maximumQueuedAudioMs: 5000 });
  bench.submit('running', { audioMs: 1000 });
  const file = bench.submit('f', { lane: 'file', audioMs: 4000 });
  const refused = bench.submit('g', { lane: 'file', audioMs: 2000, tenant: 'two' });
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
  expect(bench.scheduler.admit(3_000, 'final', 'one')).toMatchObject({ admitted: true, predictedWaitMs: expect.closeTo(150, 6) });
  expect(bench.scheduler.admit(3_000, 'file', 'one')).toMatchObject({ admitted: false, reason: 'overloaded' });
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
