import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { DispatchError } from '../src/dispatch/dispatcher.ts';
import { LocalWorkers, type LocalWorkersOptions, type WorkerEvent } from '../src/dispatch/local-workers.ts';
import { fakeClip } from './support/fake-clip.ts';

const WORKER = fileURLToPath(new URL('support/fake-worker.ts', import.meta.url));
const PARENT = fileURLToPath(new URL('support/fake-parent.ts', import.meta.url));
const execArgv = ['--conditions=@outspoken/source', '--import', 'tsx'];

/** Real processes, and promises for what happens to them: no test waits for a time. */
class Bench {
  readonly children: ChildProcess[] = [];
  readonly events: WorkerEvent[] = [];
  readonly workers: LocalWorkers;
  #startedJobs = 0;
  readonly #waiting: { readonly isDone: () => boolean; readonly resolve: () => void }[] = [];

  constructor(options: Partial<LocalWorkersOptions> & { readonly load?: string } = {}) {
    const { load, ...settings } = options;
    this.workers = new LocalWorkers({
      workers: 1,
      restartBackoffMs: 1,
      // Long enough for a loaded machine; the tests of the timeouts set their own.
      silenceTimeoutMs: 30_000,
      ...settings,
      spawn: () => {
        const env = { ...process.env, FAKE_WORKER_NUMBER: String(this.children.length + 1), FAKE_WORKER_LOAD: load };
        const child = fork(WORKER, { serialization: 'advanced', execArgv, env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
        child.on('message', (message: { type: string }) => {
          if (message.type === 'test_started') {
            this.#startedJobs += 1;
            this.#check();
          }
        });
        this.children.push(child);
        return child;
      },
      onEvent: (event) => {
        this.events.push(event);
        this.#check();
      },
    });
    open.push(this.workers);
  }

  started(count: number): Promise<void> {
    return this.#until(() => this.#startedJobs >= count);
  }

  seen(type: WorkerEvent['type'], count: number): Promise<void> {
    return this.#until(() => this.events.filter((event) => event.type === type).length >= count);
  }

  run(samples: Float32Array, signal?: AbortSignal) {
    return this.workers.run({ jobId: 'job', samples }, signal ? { signal } : {});
  }

  #until(isDone: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ isDone, resolve });
      this.#check();
    });
  }

  #check(): void {
    for (const { isDone, resolve } of this.#waiting) {
      if (isDone()) {
        resolve();
      }
    }
  }
}

const open: LocalWorkers[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((workers) => workers.close()));
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('recognizes a clip in another process and brings every sample there', async () => {
  const bench = new Bench();
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

test('runs one clip per worker and tells when one is free', async () => {
  const bench = new Bench({ workers: 2 });
  await bench.seen('ready', 2);
  expect(bench.workers.idleSlots).toBe(2);
  const abort = new AbortController();
  const first = bench.run(fakeClip('wait'), abort.signal);
  const second = bench.run(fakeClip('wait'), abort.signal);
  expect(bench.workers.idleSlots).toBe(0);
  await expect(bench.run(fakeClip('echo'))).rejects.toMatchObject({ code: 'no_idle_slot' });
  await bench.started(2);
  const idle = new Promise<void>((resolve) => {
    bench.workers.onIdle = resolve;
  });
  abort.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  await expect(second).rejects.toThrow('enough');
  await idle;
  expect((await bench.run(fakeClip('echo'))).attempt).toBe(1);
});

test('stops a cancelled clip between two tokens and keeps the worker', async () => {
  const bench = new Bench();
  await bench.workers.ready();
  const abort = new AbortController();
  const waiting = bench.run(fakeClip('wait'), abort.signal);
  await bench.started(1);
  const idle = new Promise<void>((resolve) => {
    bench.workers.onIdle = resolve;
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
  const bench = new Bench();
  await bench.workers.ready();
  await expect(bench.run(fakeClip('echo'), AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  expect(bench.workers.idleSlots).toBe(1);
});

test('replaces a worker killed in mid-clip and runs its clip again on another', async () => {
  const bench = new Bench({ workers: 2 });
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
  const bench = new Bench();
  await bench.workers.ready();
  expect(await bench.run(fakeClip('exit', { upToWorker: 1 }))).toMatchObject({ attempt: 2, workerId: 2 });
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', death: 'crashed', exitCode: 3 }));
});

test('gives a clip up that killed two workers, and goes on', async () => {
  const bench = new Bench();
  await bench.workers.ready();
  await expect(bench.run(fakeClip('crash'))).rejects.toMatchObject({ code: 'decode_failed' });
  expect(bench.children).toHaveLength(2);
  await bench.seen('ready', 3);
  expect((await bench.run(fakeClip('echo'))).workerId).toBe(3);
});

test('a clip that is given to workers whose death is not yet known is no suspect', async () => {
  const bench = new Bench({ workers: 2 });
  await bench.seen('ready', 2);
  for (const child of bench.children) child.kill('SIGKILL');
  expect(bench.workers.idleSlots).toBe(2);
  // One or both of the dead are given it, whichever death is known first, and it is answered all the same.
  expect((await bench.run(fakeClip('echo'))).workerId).toBeGreaterThan(2);
});

test('kills a worker that is silent, and runs its clip on another', async () => {
  const bench = new Bench({ silenceTimeoutMs: 1000 });
  await bench.workers.ready();
  expect(await bench.run(fakeClip('spin', { upToWorker: 1 }))).toMatchObject({ attempt: 2, workerId: 2 });
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', workerId: 1, death: 'hung', signal: 'SIGKILL' }));
});

test('kills a worker that lives but never answers', async () => {
  const bench = new Bench({ jobTimeoutMs: 1000 });
  await bench.workers.ready();
  expect(await bench.run(fakeClip('wait', { upToWorker: 1 }))).toMatchObject({ attempt: 2 });
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', death: 'hung' }));
});

test('kills a cancelled worker that is deaf to the cancellation', async () => {
  const bench = new Bench({ silenceTimeoutMs: 1000 });
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
  const bench = new Bench();
  await bench.workers.ready();
  await expect(bench.run(fakeClip('refuse'))).rejects.toMatchObject({ code: 'audio_rejected', detail: 'audio_not_finite' });
  await expect(bench.run(fakeClip('fail'))).rejects.toMatchObject({ code: 'decode_failed', detail: 'model_failed' });
  expect(bench.children).toHaveLength(1);
});

test('says at ready() why no worker could load the model', async () => {
  const bench = new Bench({ load: 'fail' });
  await expect(bench.workers.ready()).rejects.toMatchObject({
    code: 'worker_start_failed',
    message: expect.stringContaining('no such model'),
  });
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', death: 'load_failed', message: 'no such model' }));
});

test('replaces a worker that never finishes loading', async () => {
  const bench = new Bench({ load: 'hang', loadTimeoutMs: 50 });
  await expect(bench.workers.ready()).rejects.toMatchObject({ code: 'worker_start_failed' });
});

test('survives a system that cannot start a process', async () => {
  const events: WorkerEvent[] = [];
  const workers = new LocalWorkers({
    workers: 1,
    restartBackoffMs: 1,
    spawn: () => {
      throw new Error('spawn ENOMEM');
    },
    onEvent: (event) => events.push(event),
  });
  open.push(workers);
  await expect(workers.ready()).rejects.toThrow('spawn ENOMEM');
  expect(events.length).toBeGreaterThanOrEqual(3);
});

test('survives a program that does not exist', async () => {
  const workers = new LocalWorkers({
    workers: 1,
    restartBackoffMs: 1,
    spawn: () => fork(WORKER, { serialization: 'advanced', execPath: '/no/such/node', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }),
  });
  open.push(workers);
  await expect(workers.ready()).rejects.toMatchObject({ code: 'worker_start_failed', message: expect.stringContaining('ENOENT') });
});

test('waits longer before each replacement, up to a bound', async () => {
  const bench = new Bench({ load: 'fail', restartBackoffMs: 1, maximumRestartBackoffMs: 5 });
  await bench.seen('died', 5);
  const waits = bench.events.map((event) => (event.type === 'died' ? event.restartInMs : undefined)).slice(0, 5);
  expect(waits).toEqual([1, 2, 4, 5, 5]);
});

test('close aborts what runs, ends every process and can be called twice', async () => {
  const bench = new Bench({ workers: 2, closeGraceMs: 30_000 });
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
  const bench = new Bench({ closeGraceMs: 50 });
  await bench.workers.ready();
  const refused = expect(bench.run(fakeClip('spin'))).rejects.toMatchObject({ code: 'closed' });
  await bench.started(1);
  await bench.workers.close();
  await refused;
  expect(bench.children[0]?.signalCode).toBe('SIGKILL');
});

test('a worker ends when its parent is killed, even in mid-clip', async () => {
  const parent = fork(PARENT, { execArgv, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
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
