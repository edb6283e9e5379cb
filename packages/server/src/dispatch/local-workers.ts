import { DispatchError, type Dispatcher, type ModelInfo, type RecognitionJob, type RecognitionOutcome } from './dispatcher.ts';
import {
  type JobEnd,
  type WorkerDeath,
  type WorkerDeathDetail,
  type WorkerProcess,
  WorkerSlot,
  type WorkerTimeouts,
} from './worker-slot.ts';

/** Something that happened to a worker, for the log and the metrics. Carries no audio and no text. */
export type WorkerEvent =
  | { readonly type: 'ready'; readonly workerId: number; readonly workerPid: number | undefined }
  | ({
      readonly type: 'died';
      readonly workerId: number;
      readonly death: Exclude<WorkerDeath, 'closed'>;
      /** When its replacement starts, in milliseconds from now. */
      readonly restartInMs: number;
    } & WorkerDeathDetail);

/** Tunable behaviour of {@link LocalWorkers}. */
export interface LocalWorkersSettings extends WorkerTimeouts {
  /** Wait before the first replacement in milliseconds; doubles with every death until a clip is answered. */
  readonly restartBackoffMs: number;
  readonly maximumRestartBackoffMs: number;
  /** Patience with a worker at `close` before it is killed, in milliseconds. */
  readonly closeGraceMs: number;
}

/** The settings used unless told otherwise. */
export const DEFAULT_LOCAL_WORKERS_SETTINGS: LocalWorkersSettings = Object.freeze({
  loadTimeoutMs: 60_000,
  jobTimeoutMs: 60_000,
  silenceTimeoutMs: 10_000,
  restartBackoffMs: 100,
  maximumRestartBackoffMs: 10_000,
  closeGraceMs: 1000,
});

/** Options of {@link LocalWorkers}. */
export interface LocalWorkersOptions extends Partial<LocalWorkersSettings> {
  /** Number of worker processes, 1 or more. */
  readonly workers: number;
  /** Starts a process that calls `serveRecognizer`. */
  readonly spawn: () => WorkerProcess;
  readonly onEvent?: (event: WorkerEvent) => void;
}

// A clip that took two workers with it does not get a third.
const MAXIMUM_KILLS = 2;
// So many workers in a row that died while loading, before the first one ever was ready, mean that none ever will be.
const MAXIMUM_FIRST_LOADS = 3;

interface Task {
  readonly job: RecognitionJob;
  readonly resolve: (outcome: RecognitionOutcome) => void;
  readonly reject: (reason: unknown) => void;
  attempt: number;
  /** Workers that died while they had it. */
  kills: number;
  /** Workers that were dead before they could begin with it: the clip is not to blame. */
  misses: number;
  isSettled: boolean;
  slot: WorkerSlot | undefined;
}

/**
 * Recognition in local child processes, one clip per process at a time. A process that dies or hangs is replaced and its clip
 * runs again on another; sockets live elsewhere and notice nothing.
 */
export class LocalWorkers implements Dispatcher {
  onIdle: (() => void) | undefined;
  readonly #options: LocalWorkersOptions;
  readonly #settings: LocalWorkersSettings;
  readonly #slots = new Set<WorkerSlot>();
  readonly #tasks = new Map<WorkerSlot, Task>();
  /** Clips of dead workers, waiting for another: never more than there are workers. */
  readonly #orphans: Task[] = [];
  readonly #restartTimers = new Set<NodeJS.Timeout>();
  readonly #ready: Promise<void>;
  #resolveReady: () => void = () => {};
  #rejectReady: (error: DispatchError) => void = () => {};
  #model: ModelInfo | undefined;
  #nextWorkerId = 1;
  #deathsInARow = 0;
  #closing: Promise<void> | undefined;

  constructor(options: LocalWorkersOptions) {
    if (!Number.isInteger(options.workers) || options.workers < 1) {
      throw new RangeError(`workers must be a whole number of at least 1, got ${options.workers}`);
    }
    const { workers, spawn: _, onEvent: __, ...settings } = options;
    this.#options = options;
    this.#settings = { ...DEFAULT_LOCAL_WORKERS_SETTINGS, ...settings };
    this.#ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    // The failure is also in the events; nobody has to call ready().
    this.#ready.catch(() => {});
    for (let i = 0; i < workers; i += 1) {
      this.#spawn();
    }
  }

  get slots(): number {
    return [...this.#slots].filter((slot) => slot.isReady).length;
  }

  get idleSlots(): number {
    if (this.#closing) {
      return 0;
    }
    const idle = [...this.#slots].filter((slot) => slot.isIdle).length;
    return Math.max(0, idle - this.#orphans.length);
  }

  get model(): ModelInfo {
    if (!this.#model) {
      throw new DispatchError('not_ready', 'no worker has loaded the model yet, wait for ready()');
    }
    return this.#model;
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  async run(job: RecognitionJob, options: { readonly signal?: AbortSignal } = {}): Promise<RecognitionOutcome> {
    const { signal } = options;
    signal?.throwIfAborted();
    if (this.#closing) {
      throw closedError();
    }
    if (this.idleSlots === 0) {
      throw new DispatchError('no_idle_slot', 'every worker is busy');
    }
    let onAbort: (() => void) | undefined;
    try {
      return await new Promise<RecognitionOutcome>((resolve, reject) => {
        const task: Task = { job, resolve, reject, attempt: 1, kills: 0, misses: 0, isSettled: false, slot: undefined };
        onAbort = () => this.#cancel(task, signal?.reason);
        signal?.addEventListener('abort', onAbort, { once: true });
        this.#orphans.push(task);
        this.#assign();
      });
    } finally {
      if (onAbort) {
        signal?.removeEventListener('abort', onAbort);
      }
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const timer of this.#restartTimers) {
      clearTimeout(timer);
    }
    this.#rejectReady(closedError());
    for (const task of [...this.#orphans.splice(0), ...this.#tasks.values()]) {
      settle(task, () => task.reject(closedError()));
    }
    await Promise.all([...this.#slots].map((slot) => slot.close(this.#settings.closeGraceMs)));
  }

  #spawn(): void {
    let process: WorkerProcess;
    try {
      process = this.#options.spawn();
    } catch (error) {
      // No memory for another process, for one: try again later, the others go on.
      const message = error instanceof Error ? error.message : String(error);
      this.#replace(this.#takeWorkerId(), 'crashed', { exitCode: null, signal: null, message });
      return;
    }
    const slot: WorkerSlot = new WorkerSlot({
      workerId: this.#takeWorkerId(),
      process,
      timeouts: this.#settings,
      listener: {
        onReady: (model) => this.#onReady(slot, model),
        onJobEnd: (end) => this.#onJobEnd(slot, end),
        onDeath: (death, detail) => this.#onDeath(slot, death, detail),
      },
    });
    this.#slots.add(slot);
  }

  #takeWorkerId(): number {
    const workerId = this.#nextWorkerId;
    this.#nextWorkerId += 1;
    return workerId;
  }

  #onReady(slot: WorkerSlot, model: ModelInfo): void {
    this.#model ??= model;
    this.#options.onEvent?.({ type: 'ready', workerId: slot.workerId, workerPid: slot.pid });
    this.#resolveReady();
    this.#assign();
  }

  /** Gives waiting clips to idle workers, then lets the scheduler have what is left. */
  #assign(): void {
    for (const slot of this.#slots) {
      const task = slot.isIdle ? this.#orphans.shift() : undefined;
      if (task) {
        task.slot = slot;
        this.#tasks.set(slot, task);
        slot.start(task.job.jobId, task.job.samples);
      }
    }
    if (this.idleSlots > 0) {
      this.onIdle?.();
    }
  }

  #cancel(task: Task, reason: unknown): void {
    settle(task, () => task.reject(reason));
    task.slot?.cancel();
    const index = this.#orphans.indexOf(task);
    if (index >= 0) {
      this.#orphans.splice(index, 1);
      this.#assign();
    }
  }

  #onJobEnd(slot: WorkerSlot, end: JobEnd): void {
    const task = this.#tasks.get(slot);
    this.#tasks.delete(slot);
    if (end.type === 'result' || end.type === 'failed') {
      this.#deathsInARow = 0;
    }
    if (task) {
      task.slot = undefined;
      this.#settleTask(task, slot, end);
    }
    this.#assign();
  }

  #settleTask(task: Task, slot: WorkerSlot, end: JobEnd): void {
    if (task.isSettled) {
      return;
    }
    switch (end.type) {
      case 'result': {
        const { transcript, busyMs } = end;
        settle(task, () => task.resolve({ transcript, attempt: task.attempt, workerId: slot.workerId, busyMs }));
        break;
      }
      case 'failed':
        settle(task, () => task.reject(failedError(end.code, end.message)));
        break;
      case 'cancelled':
        // Only a cancelled task is cancelled, and that one has settled; a worker that gives up by itself has failed.
        settle(task, () => task.reject(failedError('model_failed', 'the worker gave the clip up')));
        break;
      case 'died':
        // Bounded, in case the clip is to blame all the same.
        if (!end.hasBegun && task.misses < this.#options.workers) {
          task.misses += 1;
        } else {
          task.kills += 1;
        }
        if (task.kills >= MAXIMUM_KILLS) {
          settle(task, () => task.reject(new DispatchError('decode_failed', `${task.kills} workers died on this clip`)));
        } else {
          task.attempt += 1;
          this.#orphans.push(task);
        }
        break;
      default:
        end satisfies never;
    }
  }

  #onDeath(slot: WorkerSlot, death: WorkerDeath, detail: WorkerDeathDetail): void {
    this.#slots.delete(slot);
    if (death !== 'closed' && !this.#closing) {
      this.#replace(slot.workerId, death, detail);
    }
  }

  #replace(workerId: number, death: Exclude<WorkerDeath, 'closed'>, detail: WorkerDeathDetail): void {
    const { restartBackoffMs, maximumRestartBackoffMs } = this.#settings;
    const restartInMs = Math.min(restartBackoffMs * 2 ** this.#deathsInARow, maximumRestartBackoffMs);
    this.#deathsInARow += 1;
    this.#options.onEvent?.({ type: 'died', workerId, death, restartInMs, ...detail });
    if (!this.#model && this.#deathsInARow >= MAXIMUM_FIRST_LOADS) {
      const said = detail.message === undefined ? '' : `: ${detail.message}`;
      this.#rejectReady(new DispatchError('worker_start_failed', `no worker could load the model${said}`));
    }
    const timer = setTimeout(() => {
      this.#restartTimers.delete(timer);
      this.#spawn();
    }, restartInMs);
    this.#restartTimers.add(timer);
  }
}

function settle(task: Task, act: () => void): void {
  if (!task.isSettled) {
    task.isSettled = true;
    act();
  }
}

function closedError(): DispatchError {
  return new DispatchError('closed', 'the workers are closed');
}

const AUDIO_ERRORS: readonly string[] = ['audio_not_finite', 'clip_too_short', 'clip_too_long'];

function failedError(code: string, message: string): DispatchError {
  return AUDIO_ERRORS.includes(code)
    ? new DispatchError('audio_rejected', message, { detail: code })
    : new DispatchError('decode_failed', message, { detail: code });
}
