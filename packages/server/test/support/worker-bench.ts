import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { RecognitionJob, RecognitionOutcome } from '../../src/dispatch/dispatcher.ts';
import { LocalWorkers, type LocalWorkersOptions, type WorkerEvent } from '../../src/dispatch/local-workers.ts';

/** The program of a fake worker. */
export const WORKER_FILE = fileURLToPath(new URL('fake-worker.ts', import.meta.url));
/** What Node needs to run the sources. */
export const EXEC_ARGV = ['--conditions=@outspoken/source', '--import', 'tsx'];

/** How a fake worker is started. */
export interface FakeWorkerOptions {
  readonly load?: 'fail' | 'hang' | undefined;
  readonly model?: string;
}

/** Real processes, and promises for what happens to them: no test waits for a time. */
export class WorkerBench {
  readonly children: ChildProcess[] = [];
  readonly events: WorkerEvent[] = [];
  readonly workers: LocalWorkers;
  #startedClips = 0;
  #nextJob = 1;
  readonly #waiting: { readonly isDone: () => boolean; readonly resolve: () => void }[] = [];

  constructor(options: Partial<LocalWorkersOptions> & FakeWorkerOptions = {}) {
    const { load, model, ...settings } = options;
    this.workers = new LocalWorkers({
      workers: 1,
      restartBackoffMs: 1,
      // Long enough for a loaded machine; the tests of the timeouts set their own.
      silenceTimeoutMs: 30_000,
      spawn: this.spawner({ load, ...(model === undefined ? {} : { model }) }),
      ...settings,
      onEvent: (event) => {
        this.events.push(event);
        this.#check();
      },
    });
    onTestFinished(() => this.workers.close());
  }

  /** Starts processes of this kind. */
  spawner({ load, model = 'fake' }: FakeWorkerOptions = {}): () => ChildProcess {
    return () => {
      const env = {
        ...process.env,
        FAKE_WORKER_NUMBER: String(this.children.length + 1),
        FAKE_WORKER_LOAD: load,
        FAKE_WORKER_MODEL: model,
      };
      const child = fork(WORKER_FILE, {
        serialization: 'advanced',
        execArgv: EXEC_ARGV,
        env,
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      child.on('message', (message: { type: string }) => {
        if (message.type === 'test_started') {
          this.#startedClips += 1;
          this.#check();
        }
      });
      child.on('exit', () => this.#check());
      this.children.push(child);
      return child;
    };
  }

  /** Resolves when so many clips have begun, those of a warm-up included. */
  started(count: number): Promise<void> {
    return this.until(() => this.#startedClips >= count);
  }

  /** Resolves when so many events of a type have been told. */
  seen(type: WorkerEvent['type'], count: number): Promise<void> {
    return this.until(() => this.events.filter((event) => event.type === type).length >= count);
  }

  /** Resolves when this is true; looked at after each event, each clip that begins, each process that ends. */
  until(isDone: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ isDone, resolve });
      this.#check();
    });
  }

  /** Clips that have begun so far. */
  get startedClips(): number {
    return this.#startedClips;
  }

  /** Ends every `hold` of a worker, present and future. */
  release(workerNumber: number): void {
    this.children[workerNumber - 1]?.send({ type: 'test_release' });
  }

  run(samples: Float32Array, signal?: AbortSignal): Promise<RecognitionOutcome> {
    const [outcome] = this.batch([samples], signal ? { signal } : {});
    if (!outcome) throw new Error('not reached');
    return outcome;
  }

  batch(clips: readonly Float32Array[], options: Pick<RecognitionJob, 'signal' | 'deadlineInMs'> = {}): Promise<RecognitionOutcome>[] {
    const jobs = clips.map((samples) => {
      this.#nextJob += 1;
      return { jobId: `job-${this.#nextJob}`, samples, ...options };
    });
    return this.workers.run(jobs);
  }

  #check(): void {
    for (const { isDone, resolve } of this.#waiting) {
      if (isDone()) {
        resolve();
      }
    }
  }
}
