import { expect, test } from 'vitest';
import { Bench, settled } from './support/scheduler-bench.ts';

const effortsOf = (bench: Bench) => bench.dispatcher.jobs.map(({ effort }) => effort);

function refine(bench: Bench, key = 'doubtful', audioMs = 1000) {
  return bench.scheduler.refine({ key, samples: new Float32Array(audioMs * 16), meanLogProbability: -0.3, usefulMs: 500 });
}

test('spends what it is told on every clip but interims', () => {
  const bench = new Bench(4, { effort: 'best' });
  bench.submit('final');
  bench.submit('guess', { lane: 'speculative' });
  bench.submit('part', { lane: 'interim' });
  expect(effortsOf(bench)).toEqual(['best', 'best', 'fast']);
});

test('spends no more than it must unless it is told to, and looks at nothing twice', () => {
  const bench = new Bench(4);
  bench.submit('final');
  expect(effortsOf(bench)).toEqual(['fast']);
  expect(refine(bench)).toBeUndefined();
});

test('looks again by itself in a worker that nobody needs', async () => {
  const busy: [string, number][] = [];
  const metrics = {
    workerBusy: (busyMs: number) => busy.push(['worker', busyMs]),
    refinementBusy: (busyMs: number) => busy.push(['refinement', busyMs]),
  };
  const bench = new Bench(1, { effort: 'auto', metrics });
  bench.submit('first');
  await bench.finishOne(50);
  const job = refine(bench);
  expect(effortsOf(bench)).toEqual(['fast', 'best']);
  await bench.finishOne(160);
  await expect(job?.promise).resolves.toMatchObject({ transcript: { effort: 'best' } });
  expect(busy).toEqual([
    ['worker', 50],
    ['refinement', 160],
    ['worker', 160],
  ]);
});

test('a second look waits until a worker is idle and nothing else waits', async () => {
  const bench = new Bench(1, { effort: 'auto' });
  bench.submit('first');
  refine(bench);
  bench.submit('second');
  await bench.finishOne();
  expect(bench.dispatcher.begun).toEqual(['first', 'second']);
  await bench.finishOne();
  expect(bench.dispatcher.begun).toEqual(['first', 'second', 'doubtful']);
});

test.each(['final', 'speculative', 'interim', 'file'] as const)('a second look makes way for a clip of the lane %s', async (lane) => {
  const bench = new Bench(1, { effort: 'auto' });
  const job = refine(bench);
  bench.submit('other', { lane });
  await expect(job?.promise).rejects.toMatchObject({ code: 'preempted' });
  expect(bench.dispatcher.begun).toEqual(['doubtful']);
  // The worker has stopped.
  await bench.finishOne();
  expect(bench.dispatcher.begun).toEqual(['doubtful', 'other']);
});

test('a final lies in the hand of the worker that makes way for it', async () => {
  const bench = new Bench(1, { effort: 'auto', hasHands: true });
  refine(bench);
  const job = bench.submit('final');
  expect(bench.dispatcher.heldBatches).toBe(1);
  await bench.finishOne();
  expect(bench.dispatcher.begun).toEqual(['doubtful', 'final']);
  await bench.finishOne();
  await expect(job.promise).resolves.toMatchObject({ transcript: { effort: 'fast' } });
});

test('a second look does not make way while another worker is idle', () => {
  const bench = new Bench(2, { effort: 'auto' });
  refine(bench);
  bench.submit('final');
  expect(bench.dispatcher.jobs.map(({ signal }) => signal?.aborted)).toEqual([false, false]);
});

test('a file that leaves a worker to live speech leaves it to second looks too', () => {
  const bench = new Bench(2, { effort: 'auto' });
  bench.submit('guess', { lane: 'speculative' });
  bench.dispatcher.running[0]?.finish();
  bench.submit('file 1', { lane: 'file' });
  bench.submit('file 2', { lane: 'file' });
  refine(bench);
  expect(bench.dispatcher.begun).toEqual(['guess', 'file 1', 'doubtful']);
  expect(bench.dispatcher.jobs.map(({ signal }) => signal?.aborted)).toEqual([false, false, false]);
});

test('second looks count for no wait, no queue and no load', () => {
  const bench = new Bench(1, { effort: 'auto', maximumPredictedWaitMs: 1 });
  refine(bench, 'long', 3000);
  expect(bench.scheduler.predictedWaitMs()).toBe(0);
  expect(bench.scheduler.admit(30_000, 'final', 'one')).toMatchObject({ admitted: true });
  refine(bench);
  expect(bench.scheduler.snapshot()).toMatchObject({ audioMs: 0, depth: { final: 0, interim: 0, speculative: 0, file: 0 } });
});

test('no second look begins while workers were busy for most of the last seconds', async () => {
  const bench = new Bench(1, { effort: 'auto' });
  bench.submit('long');
  bench.wait(3000);
  await bench.finishOne();
  refine(bench);
  expect(bench.dispatcher.begun).toEqual(['long']);
  bench.wait(3000);
  refine(bench, 'later');
  expect(bench.dispatcher.begun).toEqual(['long', 'later']);
});

test('the cost of second looks does not make clips look dearer', async () => {
  const bench = new Bench(1, { effort: 'auto' });
  const beforeMs = bench.scheduler.predictedWaitMs(1000);
  refine(bench);
  await bench.finishOne(5000);
  expect(bench.scheduler.predictedWaitMs(1000)).toBe(beforeMs);
});

test('a scheduler that closes gives second looks up and begins none', async () => {
  const bench = new Bench(1, { effort: 'auto' });
  const job = refine(bench);
  await bench.scheduler.close();
  await expect(job?.promise).rejects.toMatchObject({ code: 'draining' });
  expect(refine(bench)).toBeUndefined();
  await settled();
});
