import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DispatchError } from '../src/dispatch/dispatcher.ts';
import { LocalWorkers } from '../src/dispatch/local-workers.ts';
import { fakeClip } from './support/fake-clip.ts';
import { EXEC_ARGV, WorkerBench } from './support/worker-bench.ts';

const PARENT = fileURLToPath(new URL('support/fake-parent.ts', import.meta.url));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('recognizes a clip in another process and brings every sample there', async () => {
  const bench = new WorkerBench();
  expect(() => bench.workers.model).toThrow(DispatchError);
  expect(bench.workers.slots).toBe(0);
  await expect(bench.run(fakeClip('echo'))).rejects.toMatchObject({ code: 'no_idle_slot' });
  await bench.workers.ready();
  expect(bench.workers.model).toMatchObject({ id: 'fake', sampleRateHz: 16_000 });
  expect(bench.workers.slots).toBe(1);
  // A view in the middle of a larger buffer: only its own samples may travel.
  const view = new Float32Array(10_000).subarray(101, 5001);
  view.set(fakeClip('echo'));
  const outcome = await bench.run(view);
  expect(outcome.transcript).toMatchObject({ text: '4900 samples by worker 1', confidence: 0.25, timings: { encoderMs: 1, decoderMs: 2 } });
  expect(outcome).toMatchObject({ attempt: 1, workerId: 1 });
  expect(outcome.busyMs).toBeGreaterThanOrEqual(0);
});

test('runs one batch per worker and tells when one is free', async () => {
  const bench = new WorkerBench({ workers: 2 });
  await bench.seen('ready', 2);
  expect(bench.workers.idleSlots).toBe(2);
  const abort = new AbortController();
  const first = bench.run(fakeClip('wait'), abort.signal);
  const second = bench.run(fakeClip('wait'), abort.signal);
  expect(bench.workers.idleSlots).toBe(0);
  expect(bench.workers.handSlots).toBe(2);
  await bench.started(2);
  const idle = new Promise<void>((resolve) => {
    bench.workers.onIdle = () => bench.workers.idleSlots > 0 && resolve();
  });
  abort.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  await expect(second).rejects.toThrow('enough');
  await idle;
  expect((await bench.run(fakeClip('echo'))).attempt).toBe(1);
});

test('stops a cancelled clip between two tokens and keeps the worker', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const abort = new AbortController();
  const waiting = bench.run(fakeClip('wait'), abort.signal);
  await bench.started(1);
  const idle = new Promise<void>((resolve) => {
    bench.workers.onIdle = () => bench.workers.idleSlots > 0 && resolve();
  });
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  // The slot is not free before the worker has really stopped.
  expect(bench.workers.idleSlots).toBe(0);
  await idle;
  expect((await bench.run(fakeClip('echo'))).workerId).toBe(1);
  expect(bench.children).toHaveLength(1);
});

test('refuses a clip whose signal is aborted already', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  await expect(bench.run(fakeClip('echo'), AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  expect(bench.workers.idleSlots).toBe(1);
});

test('replaces a worker killed in mid-clip and runs its clip again on another', async () => {
  const bench = new WorkerBench({ workers: 2 });
  await bench.seen('ready', 2);
  const running = bench.run(fakeClip('wait', { upToWorker: 1 }));
  await bench.started(1);
  bench.children[0]?.kill('SIGKILL');
  const outcome = await running;
  expect(outcome).toMatchObject({ attempt: 2, transcript: { text: '1600 samples by worker 2' } });
  await bench.seen('ready', 3);
  expect(bench.workers.slots).toBe(2);
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', workerId: 1, death: 'crashed', signal: 'SIGKILL' }));
});

test('runs the clip of the only worker on its replacement', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  expect(await bench.run(fakeClip('exit', { upToWorker: 1 }))).toMatchObject({ attempt: 2, workerId: 2 });
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', death: 'crashed', exitCode: 3 }));
});

test('gives a clip up that killed two workers, and goes on', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  await expect(bench.run(fakeClip('crash'))).rejects.toMatchObject({ code: 'decode_failed' });
  expect(bench.children).toHaveLength(2);
  await bench.seen('ready', 3);
  expect((await bench.run(fakeClip('echo'))).workerId).toBe(3);
});

test('what is expendable is not tried again when its worker dies', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const [outcome] = bench.workers.run([{ jobId: 'again', samples: fakeClip('crash'), isExpendable: true }]);
  await expect(outcome).rejects.toMatchObject({ code: 'worker_lost' });
  await bench.seen('ready', 2);
  expect(await bench.run(fakeClip('echo'))).toMatchObject({ attempt: 1, workerId: 2 });
});

test('a clip that is given to workers whose death is not yet known is no suspect', async () => {
  const bench = new WorkerBench({ workers: 2 });
  await bench.seen('ready', 2);
  for (const child of bench.children) child.kill('SIGKILL');
  expect(bench.workers.idleSlots).toBe(2);
  // One or both of the dead are given it, whichever death is known first, and it is answered all the same.
  expect((await bench.run(fakeClip('echo'))).workerId).toBeGreaterThan(2);
});

test('kills a worker that is silent, and runs its clip on another', async () => {
  const bench = new WorkerBench({ silenceTimeoutMs: 1000 });
  await bench.workers.ready();
  expect(await bench.run(fakeClip('spin', { upToWorker: 1 }))).toMatchObject({ attempt: 2, workerId: 2 });
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', workerId: 1, death: 'hung', signal: 'SIGKILL' }));
});

test('kills a worker that lives but never answers', async () => {
  const bench = new WorkerBench({ jobTimeoutMs: 1000 });
  await bench.workers.ready();
  expect(await bench.run(fakeClip('wait', { upToWorker: 1 }))).toMatchObject({ attempt: 2 });
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', death: 'hung' }));
});

test('kills a cancelled worker that is deaf to the cancellation', async () => {
  const bench = new WorkerBench({ silenceTimeoutMs: 1000 });
  await bench.workers.ready();
  const abort = new AbortController();
  const running = bench.run(fakeClip('spin', { upToWorker: 1 }), abort.signal);
  await bench.started(1);
  abort.abort();
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  await bench.seen('ready', 2);
  expect((await bench.run(fakeClip('echo'))).attempt).toBe(1);
});

test('passes on why the recognizer refused the audio or failed, without a second attempt', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  await expect(bench.run(fakeClip('refuse'))).rejects.toMatchObject({ code: 'audio_rejected', detail: 'audio_not_finite' });
  await expect(bench.run(fakeClip('fail'))).rejects.toMatchObject({ code: 'decode_failed', detail: 'model_failed' });
  expect(bench.children).toHaveLength(1);
});

test('close aborts what runs, ends every process and can be called twice', async () => {
  const bench = new WorkerBench({ workers: 2, closeGraceMs: 30_000 });
  await bench.seen('ready', 2);
  const running = bench.run(fakeClip('wait'));
  const refused = expect(running).rejects.toMatchObject({ code: 'closed' });
  await bench.started(1);
  await Promise.all([bench.workers.close(), bench.workers.close()]);
  await refused;
  expect(bench.children.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  await expect(bench.run(fakeClip('echo'))).rejects.toMatchObject({ code: 'closed' });
});

test('close kills a worker that does not listen', async () => {
  const bench = new WorkerBench({ closeGraceMs: 50 });
  await bench.workers.ready();
  const refused = expect(bench.run(fakeClip('spin'))).rejects.toMatchObject({ code: 'closed' });
  await bench.started(1);
  await bench.workers.close();
  await refused;
  expect(bench.children[0]?.signalCode).toBe('SIGKILL');
});

test('a worker ends when its parent is killed, even in mid-clip', async () => {
  const parent = fork(PARENT, { execArgv: EXEC_ARGV, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [pid] = (await once(parent, 'message')) as [number];
  expect(isAlive(pid)).toBe(true);
  // The worker has inherited this pipe from its parent: it closes when both are gone, and only then.
  const closed = once(parent, 'close');
  parent.stdout?.resume();
  parent.kill('SIGKILL');
  await closed;
});

test('refuses a senseless number of workers', () => {
  const spawn = () => {
    throw new Error('not reached');
  };
  for (const workers of [0, -1, 1.5, Number.NaN]) {
    expect(() => new LocalWorkers({ workers, spawn })).toThrow(RangeError);
  }
});
