import { fork } from 'node:child_process';
import { expect, test } from 'vitest';
import { WORKER_FILE, WorkerBench } from './support/worker-bench.ts';

test('says at ready() why no worker could load the model', async () => {
  const bench = new WorkerBench({ load: 'fail' });
  await expect(bench.workers.ready()).rejects.toMatchObject({
    code: 'worker_start_failed',
    message: expect.stringContaining('no such model'),
  });
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', death: 'load_failed', message: 'no such model' }));
});

test('replaces a worker that never finishes loading', async () => {
  const bench = new WorkerBench({ load: 'hang', loadTimeoutMs: 50 });
  await expect(bench.workers.ready()).rejects.toMatchObject({ code: 'worker_start_failed' });
});

test('survives a system that cannot start a process', async () => {
  const bench = new WorkerBench({
    spawn: () => {
      throw new Error('spawn ENOMEM');
    },
  });
  await expect(bench.workers.ready()).rejects.toThrow('spawn ENOMEM');
  expect(bench.events.length).toBeGreaterThanOrEqual(3);
});

test('survives a program that does not exist', async () => {
  const bench = new WorkerBench({
    spawn: () => fork(WORKER_FILE, { serialization: 'advanced', execPath: '/no/such/node', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
  });
  await expect(bench.workers.ready()).rejects.toMatchObject({ code: 'worker_start_failed', message: expect.stringContaining('ENOENT') });
});

test('waits longer before each replacement, up to a bound', async () => {
  const bench = new WorkerBench({ load: 'fail', restartBackoffMs: 1, maximumRestartBackoffMs: 5 });
  await bench.seen('died', 5);
  const waits = bench.events.map((event) => (event.type === 'died' ? event.restartInMs : undefined)).slice(0, 5);
  expect(waits).toEqual([1, 2, 4, 5, 5]);
});
