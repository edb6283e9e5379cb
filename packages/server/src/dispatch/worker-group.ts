import { DispatchError, type ModelInfo } from './dispatcher.ts';
import { RecognitionTask } from './recognition-task.ts';
import { warmUpClip } from './warm-up-clip.ts';
import { type WorkerProcess, WorkerSlot, type WorkerTimeouts } from './worker-slot.ts';
import type { ClipEnd, LeftBehind, WorkerDeath, WorkerDeathDetail } from './worker-slot-listener.ts';

/** Something that happened to a worker, for the log and the metrics. Carries no audio and no text. */
export type WorkerEvent =
  | { readonly type: 'ready'; readonly workerId: number; readonly workerPid: number | undefined }
  | ({
      readonly type: 'died';
      readonly workerId: number;
      readonly death: Exclude<WorkerDeath, 'closed'>;
      /** When its replacement starts, in milliseconds from now; undefined when there is none, since its group is not the one in charge. */
      readonly restartInMs: number | undefined;
    } & WorkerDeathDetail);

/** Patience with the workers of a group, in milliseconds. */
export interface WorkerGroupSettings extends WorkerTimeouts {
  /** Wait before the first replacement; doubles with every death until a clip is answered. */
  readonly restartBackoffMs: number;
  readonly maximumRestartBackoffMs: number;
  /** Patience with a worker that is to end before it is killed. */
  readonly closeGraceMs: number;
}

/** What a group tells its owner. */
export interface WorkerGroupListener {
  onEvent(event: WorkerEvent): void;
  onClipEnd(task: RecognitionTask, end: ClipEnd, workerId: number): void;
  /** A worker can take more than before. */
  onFree(): void;
  onWithdrawn(tasks: readonly RecognitionTask[]): void;
  /** A worker died and has left this; not told of a group on trial or of one that was closed. */
  onLeft(left: LeftBehind): void;
}

/** Options of {@link WorkerGroup}. */
export interface WorkerGroupOptions {
  readonly workers: number;
  readonly spawn: () => WorkerProcess;
  readonly settings: WorkerGroupSettings;
  readonly now: () => number;
  readonly takeWorkerId: () => number;
  readonly listener: WorkerGroupListener;
  /** Whether the first death ends it all, until {@link WorkerGroup.prove} has resolved. */
  readonly isOnTrial: boolean;
}

// So many workers in a row that died while loading, before the first one ever was ready, mean that none ever will be.
const MAXIMUM_FIRST_LOADS = 3;

/** The worker processes of one model: started together, each replaced when it dies, and ended together. */
export class WorkerGroup {
  /** Resolves when the first worker is ready; rejects with `worker_start_failed` when none ever will be. */
  readonly ready: Promise<void>;
  readonly #options: WorkerGroupOptions;
  readonly #slots = new Set<WorkerSlot>();
  readonly #restartTimers = new Set<NodeJS.Timeout>();
  /** Rejects as soon as a group on trial has failed. */
  readonly #failure: Promise<never>;
  readonly #allReady: Promise<void>;
  #resolveReady: () => void = () => {};
  #resolveAllReady: () => void = () => {};
  #fail: (error: DispatchError) => void = () => {};
  #model: ModelInfo | undefined;
  #deathsInARow = 0;
  #state: 'on_trial' | 'serving' | 'retired' | 'closed';

  constructor(options: WorkerGroupOptions) {
    this.#options = options;
    this.#state = options.isOnTrial ? 'on_trial' : 'serving';
    this.#failure = new Promise((_, reject) => {
      this.#fail = reject;
    });
    const firstReady = new Promise<void>((resolve) => {
      this.#resolveReady = resolve;
    });
    this.#allReady = new Promise((resolve) => {
      this.#resolveAllReady = resolve;
    });
    this.ready = Promise.race([firstReady, this.#failure]);
    // The failure is also in the events; nobody has to wait for it.
    this.ready.catch(() => {});
    for (let i = 0; i < options.workers; i += 1) {
      this.#spawn();
    }
  }

  get slots(): Iterable<WorkerSlot> {
    return this.#slots;
  }

  /** What the workers run, once the first of them is ready. */
  get model(): ModelInfo | undefined {
    return this.#model;
  }

  /**
   * Waits until every worker is ready and has decoded one clip. From then on a worker that dies is replaced.
   *
   * @param samples - The clip. @defaultValue a second of a tone
   * @throws {@link DispatchError} `worker_start_failed` when a worker dies or fails, `closed` when the group is closed before.
   */
  async prove(samples?: Float32Array): Promise<void> {
    await Promise.race([this.#allReady, this.#failure]);
    const warmingUp = [...this.#slots].map((slot) => this.#warmUp(slot, samples));
    await Promise.race([Promise.all(warmingUp), this.#failure]);
    if (this.#state === 'on_trial') this.#state = 'serving';
  }

  /** Replaces nobody any more, and ends each worker as soon as it has done what it was given. Resolves when all are gone. */
  async retire(): Promise<void> {
    this.#state = 'retired';
    this.#clearRestarts();
    const exits = [...this.#slots].map(({ exited }) => exited);
    this.#endIdle();
    await Promise.all(exits);
  }

  /** Ends every worker. Idempotent. */
  async close(): Promise<void> {
    this.#state = 'closed';
    this.#clearRestarts();
    this.#fail(new DispatchError('closed', 'the workers are closed'));
    await Promise.all([...this.#slots].map((slot) => slot.close(this.#options.settings.closeGraceMs)));
  }

  async #warmUp(slot: WorkerSlot, samples: Float32Array | undefined): Promise<void> {
    if (!this.#model) throw new DispatchError('not_ready', 'no worker has loaded the model yet');
    const task = new RecognitionTask({ jobId: 'warm-up', samples: samples ?? warmUpClip(this.#model) });
    slot.give([task]);
    try {
      await task.promise;
    } catch (cause) {
      throw new DispatchError('worker_start_failed', 'a new worker failed on its first clip', { cause });
    }
  }

  #spawn(): void {
    const workerId = this.#options.takeWorkerId();
    let process: WorkerProcess;
    try {
      process = this.#options.spawn();
    } catch (error) {
      // No memory for another process, for one: try again later, the others go on.
      const message = error instanceof Error ? error.message : String(error);
      this.#onDeath(workerId, 'crashed', { exitCode: null, signal: null, message });
      return;
    }
    const { settings, now, listener } = this.#options;
    const slot: WorkerSlot = new WorkerSlot({
      workerId,
      process,
      timeouts: settings,
      now,
      listener: {
        onReady: (model) => this.#onReady(slot, model),
        onClipEnd: (task, end) => {
          if (end.type !== 'cancelled') this.#deathsInARow = 0;
          listener.onClipEnd(task, end, workerId);
        },
        onFree: () => this.#onFree(),
        onWithdrawn: (tasks) => listener.onWithdrawn(tasks),
        onDeath: (death, detail, left) => {
          this.#slots.delete(slot);
          this.#onDeath(workerId, death, detail);
          this.#hand(left);
        },
      },
    });
    this.#slots.add(slot);
  }

  #onReady(slot: WorkerSlot, model: ModelInfo): void {
    this.#model ??= model;
    this.#options.listener.onEvent({ type: 'ready', workerId: slot.workerId, workerPid: slot.pid });
    this.#resolveReady();
    if ([...this.#slots].filter(({ isReady }) => isReady).length === this.#options.workers) this.#resolveAllReady();
    this.#onFree();
  }

  #onFree(): void {
    if (this.#state === 'retired') this.#endIdle();
    this.#options.listener.onFree();
  }

  #endIdle(): void {
    for (const slot of this.#slots) {
      // One that still loads has nothing to do either.
      if (slot.isIdle || !slot.isReady) void slot.close(this.#options.settings.closeGraceMs);
    }
  }

  #hand(left: LeftBehind): void {
    if (this.#state === 'on_trial') {
      // `#failure` says why; nobody waits for the clip itself.
      for (const task of left.running) task.reject(new DispatchError('decode_failed', 'the worker died'));
    } else if (this.#state !== 'closed') {
      this.#options.listener.onLeft(left);
    }
  }

  #onDeath(workerId: number, death: WorkerDeath, detail: WorkerDeathDetail): void {
    if (death === 'closed' || this.#state === 'closed') return;
    const isReplaced = this.#state === 'serving';
    const { restartBackoffMs, maximumRestartBackoffMs } = this.#options.settings;
    const backoffMs = Math.min(restartBackoffMs * 2 ** this.#deathsInARow, maximumRestartBackoffMs);
    this.#deathsInARow += 1;
    this.#options.listener.onEvent({ type: 'died', workerId, death, restartInMs: isReplaced ? backoffMs : undefined, ...detail });
    if (this.#state === 'on_trial' || (!this.#model && this.#deathsInARow >= MAXIMUM_FIRST_LOADS)) {
      const said = detail.message === undefined ? '' : `: ${detail.message}`;
      this.#fail(new DispatchError('worker_start_failed', `no worker could load the model${said}`));
    }
    if (!isReplaced) return;
    const timer = setTimeout(() => {
      this.#restartTimers.delete(timer);
      this.#spawn();
    }, backoffMs);
    this.#restartTimers.add(timer);
  }

  #clearRestarts(): void {
    for (const timer of this.#restartTimers) clearTimeout(timer);
    this.#restartTimers.clear();
  }
}
