import type { ChildProcess } from 'node:child_process';
import type { RecognitionJob } from './dispatcher.ts';
import { watchExit } from './process-exit.ts';
import type { RecognitionTask } from './recognition-task.ts';
import { isTyped, type ParentMessage, type WorkerClip, type WorkerMessage } from './worker-protocol.ts';
import type { ClipEnd, LeftBehind, WorkerDeath, WorkerSlotListener } from './worker-slot-listener.ts';

/** A forked child with a channel of `serialization: 'advanced'`, so that audio travels as bytes. */
export type WorkerProcess = Pick<ChildProcess, 'pid' | 'connected' | 'send' | 'kill' | 'on'>;

/** Patience with a worker, in milliseconds. */
export interface WorkerTimeouts {
  /** Loading the model. */
  readonly loadTimeoutMs: number;
  /** One clip, from the worker being free for it to its answer; a batch has this time for each of its clips. */
  readonly jobTimeoutMs: number;
  /** Silence while a batch runs: no answer and no sign of life. */
  readonly silenceTimeoutMs: number;
}

/** A batch that was given to the worker. */
interface Given {
  readonly batchId: number;
  /** The clips without an answer. */
  readonly open: Map<string, RecognitionTask>;
  readonly size: number;
  readonly lengthSamples: number;
  readonly givenAtMs: number;
  begunAtMs: number | undefined;
  isAskedBack: boolean;
}

/** One worker process: its loading, the batch that it runs, the one in its hand, its death. */
export class WorkerSlot {
  readonly workerId: number;
  readonly exited: Promise<void>;
  readonly #process: WorkerProcess;
  readonly #timeouts: WorkerTimeouts;
  readonly #listener: WorkerSlotListener;
  readonly #now: () => number;
  #isReady = false;
  #running: Given | undefined;
  #hand: Given | undefined;
  #nextBatchId = 1;
  #death: WorkerDeath | undefined;
  #message: string | undefined;
  #hasExited = false;
  #closing: Promise<void> | undefined;
  #limitTimer: NodeJS.Timeout | undefined;
  #silenceTimer: NodeJS.Timeout | undefined;

  constructor(options: {
    readonly workerId: number;
    readonly process: WorkerProcess;
    readonly timeouts: WorkerTimeouts;
    readonly now: () => number;
    readonly listener: WorkerSlotListener;
  }) {
    this.workerId = options.workerId;
    this.#process = options.process;
    this.#timeouts = options.timeouts;
    this.#now = options.now;
    this.#listener = options.listener;
    this.exited = watchExit(options.process, {
      onExit: (exitCode, signal) => {
        this.#hasExited = true;
        this.#onExit(exitCode, signal);
      },
      onError: (message) => {
        this.#message ??= message;
      },
      onUnreachable: () => this.kill('crashed'),
    });
    options.process.on('message', (message: unknown) => this.#receive(message));
    this.#limitTimer = setTimeout(() => this.kill('load_failed'), this.#timeouts.loadTimeoutMs);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The clips that it has not answered. */
  get tasks(): readonly RecognitionTask[] {
    return [...(this.#running?.open.values() ?? []), ...(this.#hand?.open.values() ?? [])];
  }

  /** Whether the model is loaded and the process lives. */
  get isReady(): boolean {
    return this.#isReady && this.#death === undefined && !this.#hasExited;
  }

  /** Whether it would begin with a batch at once. */
  get isIdle(): boolean {
    return this.isReady && this.#running === undefined;
  }

  /** Whether it is busy and could keep a batch until it is free. */
  get hasFreeHand(): boolean {
    return this.isReady && this.#running !== undefined && this.#hand === undefined;
  }

  /** Whether a batch waits in its hand that was not asked back yet. */
  get hasBatchToGive(): boolean {
    return this.isReady && this.#hand?.isAskedBack === false;
  }

  /** Whether it was asked for its hand and has not answered. */
  get isAskedBack(): boolean {
    return this.isReady && (this.#hand?.isAskedBack === true || this.#running?.isAskedBack === true);
  }

  /**
   * How long the batch that runs will still take, in milliseconds; below 0 when it takes longer than expected, least of all when every
   * clip of it was given up: it ends with the run of the model that it is in.
   *
   * @param sampleMs - What a sample costs, in milliseconds.
   */
  expectedBusyMs(sampleMs: number): number {
    if (!this.#running) return 0;
    const { open, lengthSamples, begunAtMs, givenAtMs } = this.#running;
    if ([...open.values()].every(({ isSettled }) => isSettled)) return Number.NEGATIVE_INFINITY;
    return lengthSamples * sampleMs - (this.#now() - (begunAtMs ?? givenAtMs));
  }

  /** Gives the worker a batch to run now, or next if it is busy; the answers come through the listener. */
  give(tasks: readonly RecognitionTask[]): void {
    const given: Given = {
      batchId: this.#nextBatchId,
      open: new Map(tasks.map((task) => [task.job.jobId, task])),
      size: tasks.length,
      lengthSamples: tasks.reduce((sum, { job }) => sum + job.samples.length, 0),
      givenAtMs: this.#now(),
      begunAtMs: undefined,
      isAskedBack: false,
    };
    this.#nextBatchId += 1;
    if (this.#running === undefined) this.#expect(given);
    else this.#hand = given;
    this.#send({ type: 'batch', batchId: given.batchId, clips: tasks.map(({ job }) => clipOf(job)) });
  }

  /** Asks the worker to stop a clip between two steps, if it has it. */
  cancel(task: RecognitionTask): void {
    const { jobId } = task.job;
    if (this.#running?.open.get(jobId) === task || this.#hand?.open.get(jobId) === task) this.#send({ type: 'cancel', jobId });
  }

  /** Asks for the batch in its hand; it comes through the listener unless the worker begins with it before. */
  withdraw(): void {
    if (this.#hand) {
      this.#hand.isAskedBack = true;
      this.#send({ type: 'withdraw', batchId: this.#hand.batchId });
    }
  }

  /** Ends the process: politely, then, after `graceMs`, by force. Resolves when it is gone. Idempotent. */
  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  async #close(graceMs: number): Promise<void> {
    this.#death ??= 'closed';
    this.#clearTimers();
    this.#send({ type: 'close' });
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), graceMs);
    await this.exited;
    clearTimeout(timer);
  }

  /** Ends the process at once. */
  kill(death: WorkerDeath): void {
    this.#death ??= death;
    this.#clearTimers();
    this.#process.kill('SIGKILL');
  }

  #send(message: ParentMessage): void {
    if (this.#process.connected) {
      // A broken channel is not an error here: the exit of the process follows and says the same.
      this.#process.send(message, () => {});
    }
  }

  #receive(value: unknown): void {
    if (!isTyped(value) || this.#death !== undefined) {
      return;
    }
    // The worker is this program's own other half; what does not fit falls through the switch below.
    const message = value as WorkerMessage;
    if (this.#running !== undefined) this.#restartSilenceTimer();
    switch (message.type) {
      case 'ready':
        this.#clearTimers();
        this.#isReady = true;
        this.#listener.onReady(message.model);
        break;
      case 'load_failed':
        this.#message = message.message;
        this.kill('load_failed');
        break;
      case 'heartbeat':
        break;
      case 'begun':
        this.#onBegun(message.batchId);
        break;
      case 'withdrawn':
        this.#onWithdrawn(message.batchId);
        break;
      case 'result': {
        const { transcript, busyMs, batchSize } = message;
        this.#endClip(message.jobId, (handMs) => ({ type: 'result', transcript, busyMs, batchSize, handMs }));
        break;
      }
      case 'failed':
      case 'cancelled':
        this.#endClip(message.jobId, () => message);
        break;
      default:
        message satisfies never;
    }
  }

  #onBegun(batchId: number): void {
    if (this.#running?.batchId === batchId) {
      this.#running.begunAtMs = this.#now();
      this.#running.isAskedBack = false;
    }
  }

  #onWithdrawn(batchId: number): void {
    const given = [this.#hand, this.#running].find((batch) => batch?.batchId === batchId);
    if (given) {
      this.#forget(given);
      this.#listener.onWithdrawn([...given.open.values()]);
    }
  }

  #endClip(jobId: string, endOf: (handMs: number) => ClipEnd): void {
    const given = [this.#running, this.#hand].find((batch) => batch?.open.has(jobId));
    const task = given?.open.get(jobId);
    if (!given || !task) return;
    given.open.delete(jobId);
    if (given.open.size === 0) this.#forget(given);
    this.#listener.onClipEnd(task, endOf((given.begunAtMs ?? given.givenAtMs) - given.givenAtMs));
    if (given.open.size === 0) this.#listener.onFree();
  }

  /** The worker has done with a batch. What is in its hand is what it does next. */
  #forget(given: Given): void {
    if (given === this.#hand) {
      this.#hand = undefined;
      return;
    }
    this.#clearTimers();
    this.#running = undefined;
    const next = this.#hand;
    this.#hand = undefined;
    if (next) this.#expect(next);
  }

  #expect(given: Given): void {
    this.#running = given;
    this.#limitTimer = setTimeout(() => this.kill('hung'), this.#timeouts.jobTimeoutMs * given.size);
    this.#restartSilenceTimer();
  }

  #onExit(exitCode: number | null, signal: string | null): void {
    const death = this.#death ?? (this.#isReady ? 'crashed' : 'load_failed');
    this.#death = death;
    this.#clearTimers();
    const left: LeftBehind = {
      running: [...(this.#running?.open.values() ?? [])],
      hasBegun: this.#running?.begunAtMs !== undefined,
      hand: [...(this.#hand?.open.values() ?? [])],
    };
    this.#running = undefined;
    this.#hand = undefined;
    this.#listener.onDeath(death, { exitCode, signal, message: this.#message }, left);
  }

  #restartSilenceTimer(): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.kill('hung'), this.#timeouts.silenceTimeoutMs);
  }

  #clearTimers(): void {
    clearTimeout(this.#limitTimer);
    clearTimeout(this.#silenceTimer);
  }
}

/** What of a job the worker needs: its signal and its deadline are watched here. */
function clipOf({ jobId, samples, speech, effort, keywords }: RecognitionJob): WorkerClip {
  return { jobId, samples, ...(speech && { speech }), ...(effort && { effort }), ...(keywords && { keywords }) };
}
