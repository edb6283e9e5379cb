import { expect, test } from 'vitest';
import { Bench } from './support/scheduler-bench.ts';

test('drops waiting interims first and takes no more when the wait grows', async () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000, interimWaitRatio: 0.25 });
  bench.submit('running', { audioMs: 4000 });
  const waiting = bench.submit('i', { lane: 'interim' });
  bench.submit('a', { audioMs: 2000 });
  await expect(waiting.promise).rejects.toMatchObject({ code: 'shed' });
  await expect(bench.submit('j', { lane: 'interim' }).promise).rejects.toMatchObject({ code: 'shed' });
});

test('interims stop when live speech has kept the slots busy for some seconds, and come back', async () => {
  const bench = new Bench(2);
  const interim = () => bench.submit('i', { lane: 'interim' });
  bench.submit('a');
  bench.submit('b');
  // 1 − e^(−t / 3 s) passes 0.8 at 4.83 s.
  bench.wait(4800);
  const early = interim();
  bench.wait(100);
  await expect(interim().promise).rejects.toMatchObject({ code: 'shed' });
  early.cancel();
  await bench.finishAll();
  bench.wait(1000);
  const late = interim();
  await bench.finishAll();
  expect((await late.promise).attempt).toBe(1);
});

test('files that keep the slots busy do not stop interims', () => {
  const bench = new Bench(2);
  bench.submit('f', { lane: 'file' });
  bench.submit('g', { lane: 'file' });
  bench.wait(60_000);
  bench.submit('i', { lane: 'interim' });
  expect(bench.scheduler.snapshot().depth.interim).toBe(1);
});
