import { expect, test } from 'vitest';
import { DispatchError } from '../src/dispatch/dispatcher.ts';
import { Refinements } from '../src/scheduling/refinements.ts';
import { ManualDispatcher } from './support/manual-dispatcher.ts';
import { settled } from './support/scheduler-bench.ts';

/** A clip of one second takes 100 ms with `fast`. */
function bench(slots = 1) {
  let nowMs = 0;
  const dispatcher = new ManualDispatcher(slots);
  const spent: (readonly [busyMs: number, isFinished: boolean])[] = [];
  const refinements = new Refinements({
    dispatcher,
    fastMs: (audioMs) => audioMs / 10,
    now: () => nowMs,
    onSpent: (busyMs, isFinished) => spent.push([busyMs, isFinished]),
    onEnd: () => {},
  });
  const add = (key: string, { meanLogProbability = -0.3, usefulMs = 500, audioMs = 1000 } = {}) =>
    refinements.add({ key, samples: new Float32Array(audioMs * 16), meanLogProbability, usefulMs });
  const wait = (durationMs: number): void => {
    nowMs += durationMs;
  };
  return { dispatcher, refinements, spent, add, wait };
}

test('begins with the most doubtful clips, one in each idle worker, and the dearest look for which there is time', async () => {
  const { dispatcher, refinements, add } = bench(2);
  const sure = add('sure', { meanLogProbability: -0.11 });
  const lost = add('lost', { meanLogProbability: -0.9 });
  add('middling', { meanLogProbability: -0.2, usefulMs: 300 });
  expect([lost.hasBegun, lost.leftMs()]).toEqual([false, Number.POSITIVE_INFINITY]);
  refinements.start(2);
  expect(dispatcher.begun).toEqual(['lost', 'middling']);
  expect(dispatcher.jobs.map(({ effort, isExpendable }) => [effort, isExpendable])).toEqual([
    ['best', true],
    ['balanced', true],
  ]);
  expect([lost.hasBegun, sure.hasBegun, refinements.runningCount]).toEqual([true, false, 2]);
  dispatcher.running[0]?.finish(300, 'better');
  await expect(lost.promise).resolves.toMatchObject({ transcript: { text: 'better', effort: 'best' }, busyMs: 300 });
  expect(refinements.runningCount).toBe(1);
});

test('passes over a clip for which there is no time, or no time any more', () => {
  const { dispatcher, refinements, add, wait } = bench();
  add('long', { audioMs: 10_000, meanLogProbability: -2 });
  add('short', { usefulMs: 400 });
  wait(250);
  refinements.start(1);
  expect(dispatcher.begun).toEqual([]);
});

test('knows how long one will take', () => {
  const { refinements, add, wait } = bench();
  const job = add('clip');
  refinements.start(1);
  wait(120);
  expect(job.leftMs()).toBe(200);
  wait(500);
  expect(job.leftMs()).toBe(0);
});

test('makes way for as many jobs as need a worker, the least doubtful first, and counts what is making way', async () => {
  const { dispatcher, refinements, spent, add, wait } = bench(3);
  const jobs = [-0.2, -0.5, -0.3].map((meanLogProbability, index) => add(`${index}`, { meanLogProbability }));
  refinements.start(3);
  wait(40);
  refinements.yieldTo(1);
  refinements.yieldTo(1);
  expect(dispatcher.jobs.map(({ jobId, signal }) => [jobId.split('#')[0], signal?.aborted])).toEqual([
    ['1', false],
    ['2', false],
    ['0', true],
  ]);
  await expect(jobs[0]?.promise).rejects.toMatchObject({ code: 'preempted' });
  expect(spent).toEqual([[40, false]]);
  refinements.noteFree();
  refinements.yieldTo(1);
  await expect(jobs[2]?.promise).rejects.toMatchObject({ code: 'preempted' });
  expect(refinements.runningCount).toBe(1);
});

test('what is given up before a worker had it costs nothing', async () => {
  const { dispatcher, refinements, spent, add } = bench();
  const job = add('clip');
  job.cancel();
  await expect(job.promise).rejects.toMatchObject({ name: 'AbortError' });
  refinements.start(1);
  expect([dispatcher.begun, spent, job.leftMs()]).toEqual([[], [], 0]);
});

test('a failure is told, and one that ends after it was given up is not', async () => {
  const { dispatcher, refinements, spent, add } = bench(2);
  const failing = add('failing');
  const late = add('late');
  refinements.start(2);
  dispatcher.running[0]?.fail(new DispatchError('worker_lost', 'x'));
  await expect(failing.promise).rejects.toMatchObject({ code: 'worker_lost' });
  late.cancel();
  dispatcher.running[0]?.finish();
  await expect(late.promise).rejects.toMatchObject({ name: 'AbortError' });
  await settled();
  expect([spent, refinements.runningCount]).toEqual([[[0, false]], 0]);
});

test('gives all up at once', async () => {
  const { dispatcher, refinements, add } = bench();
  const jobs = [add('running', { meanLogProbability: -1 }), add('waiting')];
  refinements.start(1);
  refinements.clear(new Error('enough'));
  for (const { promise } of jobs) await expect(promise).rejects.toThrow('enough');
  expect(dispatcher.jobs.map(({ signal }) => signal?.aborted)).toEqual([true]);
});
