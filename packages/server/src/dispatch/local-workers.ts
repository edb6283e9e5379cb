import { DispatchError, type Dispatcher, type ModelInfo, type RecognitionJob, type RecognitionOutcome } from './dispatcher.ts';
import { RecognitionTask } from './recognition-task.ts';
import { type WorkerEvent, WorkerGroup, type WorkerGroupListener, type WorkerGroupSettings } from './worker-group.ts';
import type { WorkerProcess, WorkerSlot } from './worker-slot.ts';
import type { ClipEnd, LeftBehind } from './worker-slot-listener.ts';

export type { WorkerEvent } from './worker-group.ts';

/** Tunable behaviour of {@link LocalWorkers}, all in milliseconds. */
export type LocalWorkersSettings = WorkerGroupSettings;

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
  /** Monotonic clock in milliseconds. @defaultValue `performance.now` */
  readonly now?: () => number;
}

/** Options of {@link LocalWorkers.swap}. */
export interface SwapOptions {
  /** Starts a process of the new generation. */
  readonly spawn: () => WorkerProcess;
  /** What each new worker decodes before it gets work, 16 kHz mono. @defaultValue a second of a tone */
  readonly warmUp?: Float32Array;
  /** Called when the new generation gets the work, before {@link LocalWorkers.swap} resolves. */
  readonly onTakeOver?: () => void;
}

// A clip that took two workers with it does not get a third.
const MAXIMUM_KILLS = 2;

/**
 * Recognition in local child processes, one batch per process at a time and one more in its hand. A process that dies or hangs is
 * replaced and its clips run again on others, each alone; sockets live elsewhere and notice nothing.
 */
export class LocalWorkers implements Dispatcher {
  onIdle: (() => void) | undefined;
  readonly #options: LocalWorkersOptions;
  readonly #settings: LocalWorkersSettings;
  readonly #now: () => number;
  /** Batches that no worker has: of dead workers, and taken out of a hand. Never more than the workers had. */
  readonly #waiting: (readonly RecognitionTask[])[] = [];
  /** The group in charge, and those that come or go. */
  readonly #groups = new Set<WorkerGroup>();
  #current: WorkerGroup;
  #nextWorkerId = 1;
  /** What the clips so far took, for a guess at when a worker will be free. */
  #busyMs = 0;
  #busySamples = 0;
  #swapping: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(options: LocalWorkersOptions) {
    if (!Number.isInteger(options.workers) || options.workers < 1) {
      throw new RangeError(`workers must be a whole number of at least 1, got ${options.workers}`);
    }
    const { workers: _, spawn, onEvent: __, now, ...settings } = options;
    this.#options = options;
    this.#settings = { ...DEFAULT_LOCAL_WORKERS_SETTINGS, ...settings };
    this.#now = now ?? (() => performance.now());
    this.#current = this.#startGroup(spawn, { isOnTrial: false });
  }

  get slots(): number {
    return this.#count(({ isReady }) => isReady);
  }

  get idleSlots(): number {
    return this.#closing ? 0 : this.#count(({ isIdle }) => isIdle);
  }

  get handSlots(): number {
    return this.#closing ? 0 : this.#count(({ hasFreeHand }) => hasFreeHand);
  }

  get model(): ModelInfo {
    if (!this.#current.model) {
      throw new DispatchError('not_ready', 'no worker has loaded the model yet, wait for ready()');
    }
    return this.#current.model;
  }

  ready(): Promise<void> {
    return this.#current.ready;
  }

  run(jobs: readonly RecognitionJob[]): Promise<RecognitionOutcome>[] {
    if (jobs.length < 1 || jobs.length > (this.#current.model?.maximumBatch ?? jobs.length)) {
      throw new RangeError(`jobs must be 1 to ${this.#current.model?.maximumBatch ?? 1}, got ${jobs.length}`);
    }
    const tasks = jobs.map((job) => new RecognitionTask(job, (task) => this.#cancel(task)));
    const batch = tasks.filter(({ isSettled }) => !isSettled);
    if (this.#closing) {
      for (const task of batch) task.reject(closedError());
    } else if (batch.length > 0 && !this.#give(batch)) {
      for (const task of batch) task.reject(new DispatchError('no_idle_slot', 'every worker is busy'));
    }
    return tasks.map(({ promise }) => promise);
  }

  /**
   * Replaces every worker by one of a new generation, for another model or another way to compute it. The new ones start beside the
   * old ones, which needs memory for both; once all of them are warm they get the work, and {@link model} is theirs. The old ones
   * finish what they have and end. A second swap waits for the first.
   *
   * @returns Resolves when the last old worker is gone.
   * @throws {@link DispatchError} `worker_start_failed` when one of the new workers dies, does not load or fails on its first clip:
   * then all of them are ended, and the old ones go on as if nothing had been. `closed` when the dispatcher is closed meanwhile.
   */
  swap(options: SwapOptions): Promise<void> {
    const swapping = this.#swapping.then(() => this.#swap(options));
    this.#swapping = swapping.catch(() => {});
    return swapping;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const held = [...this.#groups].flatMap((group) => [...group.slots].flatMap((slot) => slot.tasks));
    for (const task of [...this.#waiting.splice(0).flat(), ...held]) {
      if (!task.isSettled) task.reject(closedError());
    }
    await Promise.all([...this.#groups].map((group) => group.close()));
  }

  async #swap({ spawn, warmUp, onTakeOver }: SwapOptions): Promise<void> {
    // Whoever waits for the first start is to learn how it ends.
    await this.#current.ready.catch(() => {});
    if (this.#closing) throw closedError();
    const next = this.#startGroup(spawn, { isOnTrial: true });
    try {
      await next.prove(warmUp);
    } catch (error) {
      await next.close();
      this.#groups.delete(next);
      throw this.#closing ? closedError() : error;
    }
    const old = this.#current;
    this.#current = next;
    this.#busyMs = 0;
    this.#busySamples = 0;
    onTakeOver?.();
    this.#offer();
    await old.retire();
    this.#groups.delete(old);
  }

  #startGroup(spawn: () => WorkerProcess, { isOnTrial }: { readonly isOnTrial: boolean }): WorkerGroup {
    const listener: WorkerGroupListener = {
      onEvent: (event) => this.#options.onEvent?.(event),
      onClipEnd: (task, end, workerId) => this.#endClip(task, end, workerId),
      onFree: () => this.#offer(),
      onWithdrawn: (tasks) => {
        this.#waiting.unshift(tasks);
        this.#offer();
      },
      onLeft: (left) => {
        this.#takeBack(left);
        this.#offer();
      },
    };
    const takeWorkerId = (): number => {
      this.#nextWorkerId += 1;
      return this.#nextWorkerId - 1;
    };
    const { workers } = this.#options;
    const group = new WorkerGroup({ workers, spawn, settings: this.#settings, now: this.#now, takeWorkerId, listener, isOnTrial });
    this.#groups.add(group);
    return group;
  }

  #count(isCounted: (slot: WorkerSlot) => boolean): number {
    let count = 0;
    for (const slot of this.#current.slots) count += isCounted(slot) ? 1 : 0;
    return count;
  }

  /** Places what waits, lets the scheduler have what room is left, and only then moves what waits in the wrong hand. */
  #offer(): void {
    if (this.#closing) return;
    for (let batch = this.#waiting[0]; batch; batch = this.#waiting[0]) {
      const wanted = batch.filter(({ isSettled }) => !isSettled);
      if (wanted.length > 0 && !this.#give(wanted)) return;
      this.#waiting.shift();
    }
    if (this.idleSlots + this.handSlots > 0) this.onIdle?.();
    this.#emptyHands();
  }

  /** Gives a batch to an idle worker, or else into the hand that will be free first. */
  #give(batch: readonly RecognitionTask[]): boolean {
    const sampleMs = this.#busyMs / Math.max(this.#busySamples, 1);
    let best: WorkerSlot | undefined;
    for (const slot of this.#current.slots) {
      if (slot.isIdle) {
        best = slot;
        break;
      }
      if (slot.hasFreeHand && (!best || slot.expectedBusyMs(sampleMs) < best.expectedBusyMs(sampleMs))) best = slot;
    }
    best?.give(batch);
    return best !== undefined;
  }

  /** For each worker with nothing to do, asks for a batch that waits in another's hand. */
  #emptyHands(): void {
    const slots = [...this.#groups].flatMap((group) => [...group.slots]);
    let wanted = this.idleSlots - slots.filter(({ isAskedBack }) => isAskedBack).length;
    for (const slot of slots) {
      if (wanted <= 0) return;
      if (slot.hasBatchToGive) {
        slot.withdraw();
        wanted -= 1;
      }
    }
  }

  #cancel(task: RecognitionTask): void {
    for (const group of this.#groups) for (const slot of group.slots) slot.cancel(task);
  }

  #endClip(task: RecognitionTask, end: ClipEnd, workerId: number): void {
    // A second look costs several times what anything else of its length does.
    if (end.type === 'result' && task.job.isExpendable !== true) {
      this.#busyMs += end.busyMs;
      this.#busySamples += task.job.samples.length;
    }
    if (task.isSettled) return;
    switch (end.type) {
      case 'result': {
        const { transcript, busyMs, batchSize, handMs } = end;
        task.resolve({ transcript, attempt: task.attempt, workerId, busyMs, batchSize, handMs });
        break;
      }
      case 'failed':
        task.reject(failedError(end.code, end.message));
        break;
      case 'cancelled':
        // Only a cancelled task is cancelled, and that one has settled; a worker that gives up by itself has failed.
        task.reject(failedError('model_failed', 'the worker gave the clip up'));
        break;
      default:
        end satisfies never;
    }
  }

  /** Clips of a dead worker run again: what it had begun with one by one, for one of them may be to blame; what it had in hand as it was. */
  #takeBack({ running, hasBegun, hand }: LeftBehind): void {
    const again: RecognitionTask[] = [];
    for (const task of running) {
      if (task.isSettled) continue;
      if (task.job.isExpendable === true) {
        task.reject(new DispatchError('worker_lost', 'the worker died'));
        continue;
      }
      // Bounded, in case the clip is to blame all the same.
      if (!hasBegun && task.misses < this.#options.workers) task.misses += 1;
      else task.kills += 1;
      if (task.kills >= MAXIMUM_KILLS) {
        task.reject(new DispatchError('decode_failed', `${task.kills} workers died on this clip`));
      } else {
        again.push(task);
      }
    }
    for (const task of [...again, ...hand]) task.attempt += 1;
    const alone = again.filter(({ kills }) => kills > 0).map((task) => [task]);
    const together = again.filter(({ kills }) => kills === 0);
    this.#waiting.unshift(...alone, ...[together, hand].filter(({ length }) => length > 0));
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
