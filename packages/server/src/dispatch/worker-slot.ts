import type { ChildProcess } from 'node:child_process';
import type { Transcript } from '@outspoken/asr';
import type { ModelInfo } from './dispatcher.ts';
import { watchExit } from './process-exit.ts';
import { isTyped, type ParentMessage, type WorkerMessage } from './worker-protocol.ts';

/** A forked child with a channel of `serialization: 'advanced'`, so that audio travels as bytes. */
export type WorkerProcess = Pick<ChildProcess, 'pid' | 'connected' | 'send' | 'kill' | 'on'>;

/** How a worker ended its turn with a job. A `died` worker is gone; `hasBegun` tells whether it was still alive to take the job. */
export type JobEnd =
  | { readonly type: 'result'; readonly transcript: Transcript; readonly busyMs: number }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'cancelled' }
  | { readonly type: 'died'; readonly hasBegun: boolean };

/** Why a worker process is gone. */
export type WorkerDeath = 'crashed' | 'hung' | 'load_failed' | 'closed';

/** How a worker process ended. */
export interface WorkerDeathDetail {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** What the worker or the system said about it, if anything. */
  readonly message: string | undefined;
}

/** Patience with a worker, in milliseconds. */
export interface WorkerTimeouts {
  /** Loading the model. */
  readonly loadTimeoutMs: number;
  /** One clip, from being sent to its answer. */
  readonly jobTimeoutMs: number;
  /** Silence while a clip runs: no answer and no sign of life. */
  readonly silenceTimeoutMs: number;
}

/** What a slot tells its owner. */
export interface WorkerSlotListener {
  onReady(model: ModelInfo): void;
  onJobEnd(end: JobEnd): void;
  onDeath(death: WorkerDeath, detail: WorkerDeathDetail): void;
}

/** One worker process: its loading, its one job at a time, its death. */
export class WorkerSlot {
  readonly workerId: number;
  readonly exited: Promise<void>;
  readonly #process: WorkerProcess;
  readonly #timeouts: WorkerTimeouts;
  readonly #listener: WorkerSlotListener;
  #isReady = false;
  #jobId: string | undefined;
  #hasBegun = false;
  #death: WorkerDeath | undefined;
  #message: string | undefined;
  #hasExited = false;
  #limitTimer: NodeJS.Timeout | undefined;
  #silenceTimer: NodeJS.Timeout | undefined;

  constructor(options: {
    readonly workerId: number;
    readonly process: WorkerProcess;
    readonly timeouts: WorkerTimeouts;
    readonly listener: WorkerSlotListener;
  }) {
    this.workerId = options.workerId;
    this.#process = options.process;
    this.#timeouts = options.timeouts;
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

  /** Whether the model is loaded and the process lives. */
  get isReady(): boolean {
    return this.#isReady && this.#death === undefined && !this.#hasExited;
  }

  /** Whether it could take a job now. */
  get isIdle(): boolean {
    return this.isReady && this.#jobId === undefined;
  }

  /** Gives the worker its next job; the answer comes through the listener. */
  start(jobId: string, samples: Float32Array): void {
    this.#jobId = jobId;
    this.#hasBegun = false;
    this.#limitTimer = setTimeout(() => this.kill('hung'), this.#timeouts.jobTimeoutMs);
    this.#restartSilenceTimer();
    this.#send({ type: 'job', jobId, samples });
  }

  /** Asks the worker to stop its job between two tokens. */
  cancel(): void {
    if (this.#jobId !== undefined) {
      this.#send({ type: 'cancel', jobId: this.#jobId });
    }
  }

  /** Ends the process: politely, then, after `graceMs`, by force. Resolves when it is gone. */
  async close(graceMs: number): Promise<void> {
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
        if (this.#jobId !== undefined) {
          this.#hasBegun = true;
          this.#restartSilenceTimer();
        }
        break;
      case 'result':
      case 'failed':
      case 'cancelled':
        if (message.jobId === this.#jobId) {
          this.#endJob(message);
        }
        break;
      default:
        message satisfies never;
    }
  }

  #onExit(exitCode: number | null, signal: string | null): void {
    const death = this.#death ?? (this.#isReady ? 'crashed' : 'load_failed');
    this.#death = death;
    this.#endJob({ type: 'died', hasBegun: this.#hasBegun });
    this.#listener.onDeath(death, { exitCode, signal, message: this.#message });
  }

  #endJob(end: JobEnd): void {
    this.#clearTimers();
    if (this.#jobId !== undefined) {
      this.#jobId = undefined;
      this.#listener.onJobEnd(end);
    }
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
