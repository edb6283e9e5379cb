import type { ChildProcess } from 'node:child_process';
import { expect, test } from 'vitest';
import type { RecognitionOutcome } from '../src/dispatch/dispatcher.ts';
import { fakeClip } from './support/fake-clip.ts';
import { WorkerBench } from './support/worker-bench.ts';

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Resolves when the work goes to workers with this model. */
function takenOver(bench: WorkerBench, id: string): Promise<void> {
  return new Promise((resolve) => {
    bench.workers.onIdle = () => bench.workers.model.id === id && resolve();
  });
}

test('gives new work to the new generation while the old one finishes what it has', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const held = bench.run(fakeClip('hold'));
  const inHand = bench.run(fakeClip('echo'));
  const swapping = { done: Promise.resolve() };
  const model = await new Promise((resolve) => {
    const onTakeOver = () => resolve(bench.workers.model.id);
    swapping.done = bench.workers.swap({ spawn: bench.spawner({ model: 'second' }), onTakeOver });
  });
  expect(model).toBe('second');
  expect(await bench.run(fakeClip('echo'))).toMatchObject({ workerId: 2, attempt: 1 });
  // What the old one had not begun need not wait for it.
  expect(await inHand).toMatchObject({ workerId: 2, attempt: 1 });
  expect(bench.children.map(hasEnded)).toEqual([false, false]);
  bench.release(1);
  expect(await held).toMatchObject({ workerId: 1, attempt: 1 });
  await swapping.done;
  expect(bench.children.map(hasEnded)).toEqual([true, false]);
  expect(bench.events.map(({ type }) => type)).toEqual(['ready', 'ready']);
});

test('loses no clip and runs none twice, however the generations follow each other under load', async () => {
  const bench = new WorkerBench({ workers: 2 });
  await bench.workers.ready();
  const clips = 600;
  const outcomes: Promise<RecognitionOutcome>[] = [];
  const models = new Set<string>();
  let onAllGiven = (): void => {};
  const allGiven = new Promise<void>((resolve) => {
    onAllGiven = resolve;
  });
  const pump = (): void => {
    while (outcomes.length < clips && bench.workers.idleSlots + bench.workers.handSlots > 0) {
      models.add(bench.workers.model.id);
      // As many as the third generation has seen: the load must not end before.
      if (outcomes.length >= clips - 60 && !models.has('third')) return;
      outcomes.push(...bench.batch(Array.from({ length: 1 + (outcomes.length % 4) }, () => fakeClip('echo'))));
    }
    if (outcomes.length >= clips) onAllGiven();
  };
  bench.workers.onIdle = pump;
  pump();
  await Promise.all([
    bench.workers.swap({ spawn: bench.spawner({ model: 'second' }) }),
    bench.workers.swap({ spawn: bench.spawner({ model: 'third' }) }),
  ]);
  await allGiven;
  const settled = await Promise.all(outcomes);
  expect([...models]).toEqual(['fake', 'second', 'third']);
  expect(new Set(settled.map(({ attempt }) => attempt))).toEqual(new Set([1]));
  // Each of the four later workers has decoded one clip that was nobody's.
  expect(bench.startedClips).toBe(settled.length + 4);
  expect(bench.children.map(hasEnded)).toEqual([true, true, true, true, false, false]);
});

test('keeps the old generation when the new one does not load', async () => {
  const bench = new WorkerBench({ workers: 2 });
  await bench.seen('ready', 2);
  await expect(bench.workers.swap({ spawn: bench.spawner({ load: 'fail' }) })).rejects.toMatchObject({
    name: 'DispatchError',
    code: 'worker_start_failed',
    message: expect.stringContaining('no such model'),
  });
  expect(bench.workers.model.id).toBe('fake');
  expect(bench.workers.slots).toBe(2);
  expect(bench.children.map(hasEnded)).toEqual([false, false, true, true]);
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', death: 'load_failed', restartInMs: undefined }));
  expect((await bench.run(fakeClip('echo'))).workerId).toBeLessThanOrEqual(2);
});

test.each(['crash', 'fail'] as const)('keeps the old generation when the new one does this on its first clip: %s', async (behaviour) => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const swapping = bench.workers.swap({ spawn: bench.spawner({ model: 'second' }), warmUp: fakeClip(behaviour) });
  await expect(swapping).rejects.toMatchObject({ code: 'worker_start_failed' });
  expect(bench.children.map(hasEnded)).toEqual([false, true]);
  expect(await bench.run(fakeClip('echo'))).toMatchObject({ workerId: 1, attempt: 1 });
});

test('takes the place of a generation that cannot load', async () => {
  const bench = new WorkerBench({ load: 'fail' });
  await expect(bench.workers.ready()).rejects.toMatchObject({ code: 'worker_start_failed' });
  await bench.workers.swap({ spawn: bench.spawner() });
  await bench.workers.ready();
  expect((await bench.run(fakeClip('echo'))).attempt).toBe(1);
  expect(bench.children.filter((child) => !hasEnded(child))).toHaveLength(1);
});

test('replaces a worker of the new generation by its like', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  await bench.workers.swap({ spawn: bench.spawner({ model: 'second' }) });
  expect(await bench.run(fakeClip('exit', { upToWorker: 2 }))).toMatchObject({ attempt: 2, workerId: 3 });
  expect(bench.workers.model.id).toBe('second');
});

test('runs the clip of an old worker that dies on a new one, and replaces it no more', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const held = bench.run(fakeClip('hold', { upToWorker: 1 }));
  const taken = takenOver(bench, 'second');
  const swapping = bench.workers.swap({ spawn: bench.spawner({ model: 'second' }) });
  await taken;
  bench.children[0]?.kill('SIGKILL');
  expect(await held).toMatchObject({ attempt: 2, workerId: 2 });
  await swapping;
  expect(bench.children).toHaveLength(2);
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', workerId: 1, restartInMs: undefined }));
});

test('close ends a swap with everything else', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const swapping = bench.workers.swap({ spawn: bench.spawner(), warmUp: fakeClip('wait') });
  const refused = expect(swapping).rejects.toMatchObject({ code: 'closed' });
  await bench.started(1);
  await bench.workers.close();
  await refused;
  expect(bench.children.map(hasEnded)).toEqual([true, true]);
  await expect(bench.workers.swap({ spawn: bench.spawner() })).rejects.toMatchObject({ code: 'closed' });
});
