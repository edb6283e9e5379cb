import { readFile } from 'node:fs/promises';
import { FileReaderError } from './file-reader.ts';
import type { FileReaderReply, FileReaderRequest } from './file-reader-protocol.ts';
import type { FileReply, FileTask } from './file-task.ts';
import { watchExit } from './process-exit.ts';
import { isTyped } from './worker-protocol.ts';
import type { WorkerProcess } from './worker-slot.ts';
import type { WorkerDeathDetail } from './worker-slot-listener.ts';

/** Why a reader process is gone. `memory`: it held more than it may. */
export type FileReaderDeath = 'crashed' | 'hung' | 'memory' | 'load_failed' | 'closed';

/** Patience with a reader. */
export interface FileReaderLimits {
  /** Starting and loading the speech detector, in milliseconds. */
  readonly loadTimeoutMs: number;
  /**
   * Longest time without progress on a file while more of it is wanted, in milliseconds. Over the whole file, reading must not be
   * slower than listening to it.
   */
  readonly silenceTimeoutMs: number;
  /** Patience with a reader that is to let go of its file, in milliseconds; then it is killed. */
  readonly releaseTimeoutMs: number;
  /**
   * Most resident memory of a reader, in bytes. At rest it holds 150 to 170 MB, on three hours of WAV 185 MB, on three hours of AAC
   * 210 MB (Nov 2026): what needs more than three times as much is no recording.
   */
  readonly maximumMemoryBytes: number;
  /** Time between two looks at the memory of a reader with a file, in milliseconds. */
  readonly memoryCheckMs: number;
}

/** What a slot tells its owner. */
export interface FileReaderSlotListener {
  onReady(): void;
  /** It has let go of its last file. */
  onIdle(): void;
  /** @param task - The file that it had not begun with, to be given to another. */
  onDeath(death: FileReaderDeath, detail: WorkerDeathDetail, task: FileTask | undefined): void;
}

// What is left of its allowance after a file may be too little for the next one.
const WORN_MEMORY_RATIO = 0.5;

/** One reader process: its loading, its one file at a time, its death. */
export class FileReaderSlot {
  readonly readerId: number;
  readonly exited: Promise<void>;
  readonly #process: WorkerProcess;
  readonly #limits: FileReaderLimits;
  readonly #listener: FileReaderSlotListener;
  readonly #now: () => number;
  #isReady = false;
  #task: FileTask | undefined;
  #fileId = 0;
  #residentBytes = 0;
  #death: FileReaderDeath | undefined;
  #message: string | undefined;
  #hasExited = false;
  #limitTimer: NodeJS.Timeout | undefined;
  #silenceTimer: NodeJS.Timeout | undefined;
  #memoryTimer: NodeJS.Timeout | undefined;
  /** Time that the file has kept us waiting, in milliseconds, up to {@link #waitingSinceMs}. */
  #waitedMs = 0;
  #waitingSinceMs: number | undefined;

  constructor(options: {
    readonly readerId: number;
    readonly process: WorkerProcess;
    readonly limits: FileReaderLimits;
    readonly listener: FileReaderSlotListener;
    readonly now: () => number;
  }) {
    this.readerId = options.readerId;
    this.#process = options.process;
    this.#limits = options.limits;
    this.#listener = options.listener;
    this.#now = options.now;
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
    this.#limitTimer = setTimeout(() => this.kill('load_failed'), this.#limits.loadTimeoutMs);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Whether it could take a file now. */
  get isIdle(): boolean {
    return this.#isReady && this.#death === undefined && !this.#hasExited && this.#task === undefined;
  }

  /** Whether it has a file, or has not yet let go of one. */
  get isBusy(): boolean {
    return this.#task !== undefined;
  }

  /** Whether its last file has left so much memory behind that the next one deserves a fresh process. */
  get isWorn(): boolean {
    return this.#residentBytes > WORN_MEMORY_RATIO * this.#limits.maximumMemoryBytes;
  }

  /** Gives the reader its next file. */
  start(task: FileTask): void {
    this.#task = task;
    this.#fileId += 1;
    const fileId = this.#fileId;
    this.#waitedMs = 0;
    task.start({
      pull: (clips) => {
        this.#send({ type: 'pull', fileId, clips });
        this.#watchSilence();
      },
      release: () => this.#release(fileId),
    });
    this.#send({ type: 'open', fileId, path: task.path, maximumDurationMs: task.maximumDurationMs });
    this.#watchSilence();
    this.#memoryTimer = setInterval(() => void this.#checkMemory(), this.#limits.memoryCheckMs);
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
  kill(death: FileReaderDeath): void {
    this.#death ??= death;
    this.#clearTimers();
    this.#process.kill('SIGKILL');
  }

  #send(request: FileReaderRequest): void {
    // A broken channel is not an error here: the exit of the process follows and says the same.
    if (this.#process.connected) this.#process.send(request, () => {});
  }

  #receive(value: unknown): void {
    if (!isTyped(value) || this.#death !== undefined) return;
    // The reader is this program's own other half; what does not fit falls through the switch below.
    const reply = value as FileReaderReply;
    switch (reply.type) {
      case 'ready':
        clearTimeout(this.#limitTimer);
        this.#isReady = true;
        this.#listener.onReady();
        break;
      case 'load_failed':
        this.#message = reply.message;
        this.kill('load_failed');
        break;
      case 'memory':
        this.#noteMemory(reply.residentBytes);
        break;
      case 'begun':
      case 'opened':
      case 'clip':
      case 'progress':
      case 'end':
      case 'failed':
      case 'released':
        if (reply.fileId === this.#fileId) this.#receiveFile(reply);
        break;
      default:
        reply satisfies never;
    }
  }

  #receiveFile(reply: FileReply): void {
    this.#task?.receive(reply);
    if (reply.type !== 'released') {
      this.#watchSilence();
      return;
    }
    this.#clearTimers();
    this.#leave();
    this.#listener.onIdle();
  }

  /** The file is over for its consumer: the reader must let go of it. */
  #release(fileId: number): void {
    if (fileId !== this.#fileId || this.#task === undefined) return;
    this.#send({ type: 'release', fileId });
    this.#watchSilence();
    this.#limitTimer = setTimeout(() => this.kill('hung'), this.#limits.releaseTimeoutMs);
  }

  /** Starts, restarts or stops the clock that runs while the reader owes us something. */
  #watchSilence(): void {
    clearTimeout(this.#silenceTimer);
    const nowMs = this.#now();
    if (this.#waitingSinceMs !== undefined) this.#waitedMs += nowMs - this.#waitingSinceMs;
    this.#waitingSinceMs = undefined;
    if (this.#task?.isAwaited !== true) return;
    this.#waitingSinceMs = nowMs;
    const { silenceTimeoutMs } = this.#limits;
    const patienceMs = Math.min(silenceTimeoutMs, silenceTimeoutMs + this.#task.readMs - this.#waitedMs);
    this.#silenceTimer = setTimeout(() => this.kill('hung'), Math.max(0, patienceMs));
  }

  /** A reader that is stuck cannot say how much it holds: the system is asked too, where it tells. */
  async #checkMemory(): Promise<void> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8').catch(() => '');
    const [, residentKibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
    if (residentKibibytes !== undefined) this.#noteMemory(Number(residentKibibytes) * 1024);
  }

  #noteMemory(residentBytes: number): void {
    this.#residentBytes = residentBytes;
    if (this.#task !== undefined && residentBytes > this.#limits.maximumMemoryBytes) this.kill('memory');
  }

  #onExit(exitCode: number | null, signal: string | null): void {
    const death = this.#death ?? (this.#isReady ? 'crashed' : 'load_failed');
    this.#death = death;
    this.#clearTimers();
    const task = this.#task;
    const isInnocent = task !== undefined && !task.isOver && !task.hasBegun && death === 'crashed';
    if (!isInnocent) task?.fail(deathError(death));
    this.#leave();
    this.#listener.onDeath(death, { exitCode, signal, message: this.#message }, isInnocent ? task : undefined);
  }

  #leave(): void {
    const task = this.#task;
    this.#task = undefined;
    task?.leave();
  }

  #clearTimers(): void {
    clearTimeout(this.#limitTimer);
    clearTimeout(this.#silenceTimer);
    clearInterval(this.#memoryTimer);
    this.#waitingSinceMs = undefined;
  }
}

function deathError(death: FileReaderDeath): FileReaderError {
  switch (death) {
    case 'hung':
      return new FileReaderError('reader_failed', 'reading the file took too long');
    case 'memory':
      return new FileReaderError('reader_failed', 'reading the file took too much memory');
    case 'closed':
      return new FileReaderError('closed', 'the file readers are closed');
    case 'crashed':
    case 'load_failed':
      return new FileReaderError('reader_failed', 'the reader died on the file');
    default:
      return death satisfies never;
  }
}
