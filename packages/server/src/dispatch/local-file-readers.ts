import { FileReaderError, type FileReaders, type OpenFile, type OpenFileOptions } from './file-reader.ts';
import { type FileReaderDeath, type FileReaderLimits, FileReaderSlot } from './file-reader-slot.ts';
import { FileTask } from './file-task.ts';
import type { WorkerProcess } from './worker-slot.ts';
import type { WorkerDeathDetail } from './worker-slot-listener.ts';

/** Something that happened to a file reader, for the log. Carries no path and no text. */
export type FileReaderEvent =
  | { readonly type: 'ready'; readonly readerId: number; readonly readerPid: number | undefined }
  | ({ readonly type: 'died'; readonly readerId: number; readonly death: Exclude<FileReaderDeath, 'closed'> } & WorkerDeathDetail);

/** Tunable behaviour of {@link LocalFileReaders}. */
export interface LocalFileReadersSettings extends FileReaderLimits {
  /** Most reader processes; each reads one file at a time. One is kept ready, more come when files wait. */
  readonly maximumReaders: number;
  /** Files that may wait for a reader; more are refused with `readers_busy`. */
  readonly maximumWaiting: number;
  /** After this time without a file a reader beyond the first one ends, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Wait before a reader that could not load is replaced, in milliseconds; doubles with every failure until one has loaded. */
  readonly restartBackoffMs: number;
  readonly maximumRestartBackoffMs: number;
  /** Patience with a reader at `close` before it is killed, in milliseconds. */
  readonly closeGraceMs: number;
}

/** The settings used unless told otherwise. */
export const DEFAULT_LOCAL_FILE_READERS_SETTINGS: LocalFileReadersSettings = Object.freeze({
  maximumReaders: 2,
  maximumWaiting: 64,
  idleTimeoutMs: 30_000,
  loadTimeoutMs: 60_000,
  silenceTimeoutMs: 20_000,
  releaseTimeoutMs: 1000,
  maximumMemoryBytes: 768 * 1024 ** 2,
  memoryCheckMs: 100,
  restartBackoffMs: 100,
  maximumRestartBackoffMs: 10_000,
  closeGraceMs: 1000,
});

/** Options of {@link LocalFileReaders}. */
export interface LocalFileReadersOptions extends Partial<LocalFileReadersSettings> {
  /** Starts a process that calls `serveFileReader`. */
  readonly spawn: () => WorkerProcess;
  readonly onEvent?: (event: FileReaderEvent) => void;
  /** Monotonic clock in milliseconds. @defaultValue `performance.now` */
  readonly now?: () => number;
}

// So many readers in a row that could not load mean that the files that wait would wait for ever.
const MAXIMUM_LOADS = 3;
// So many readers that were dead when they were given a file: it may be to blame all the same.
const MAXIMUM_MISSES = 3;

/**
 * Reads files in local child processes, one file per process at a time. A process that dies, hangs or takes too much memory is
 * replaced; its file fails, and is not tried again, because it is to blame.
 */
export class LocalFileReaders implements FileReaders {
  readonly #options: LocalFileReadersOptions;
  readonly #settings: LocalFileReadersSettings;
  readonly #slots = new Set<FileReaderSlot>();
  readonly #waiting: FileTask[] = [];
  readonly #idleTimers = new Map<FileReaderSlot, NodeJS.Timeout>();
  readonly #leaving = new Set<Promise<void>>();
  #isWarm = false;
  #restartTimer: NodeJS.Timeout | undefined;
  #nextReaderId = 1;
  #failedLoads = 0;
  #closing: Promise<void> | undefined;

  /** Nothing is started before {@link warmUp} or the first file. @throws RangeError for a setting that makes no sense. */
  constructor(options: LocalFileReadersOptions) {
    const { spawn: _, onEvent: __, now: ___, ...settings } = options;
    this.#options = options;
    this.#settings = { ...DEFAULT_LOCAL_FILE_READERS_SETTINGS, ...settings };
    for (const [name, value] of Object.entries(this.#settings)) {
      if (!(value >= 0)) throw new RangeError(`${name} must not be negative, got ${value}`);
    }
    const { maximumReaders } = this.#settings;
    if (!Number.isInteger(maximumReaders) || maximumReaders < 1) {
      throw new RangeError(`maximumReaders must be a whole number of at least 1, got ${maximumReaders}`);
    }
  }

  /** Starts the reader that is kept ready from now on. */
  warmUp(): void {
    this.#isWarm = true;
    this.#fill();
  }

  async open(path: string, options: OpenFileOptions): Promise<OpenFile> {
    options.signal?.throwIfAborted();
    if (this.#closing) throw closedError();
    const { maximumReaders, maximumWaiting } = this.#settings;
    if (this.#waiting.length + this.#busyReaders() >= maximumReaders + maximumWaiting) {
      throw new FileReaderError('readers_busy', 'as many files wait as may wait, send the file again later');
    }
    this.#isWarm = true;
    const task: FileTask = new FileTask(path, options, () => this.#forget(task));
    this.#waiting.push(task);
    this.#assign();
    return task.opened;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    clearTimeout(this.#restartTimer);
    for (const timer of this.#idleTimers.values()) clearTimeout(timer);
    for (const task of [...this.#waiting]) task.fail(closedError());
    await Promise.all([...this.#leaving, ...[...this.#slots].map((slot) => slot.close(this.#settings.closeGraceMs))]);
  }

  /** Gives waiting files to idle readers, starts readers for the others, and lets go of readers that nobody needs. */
  #assign(): void {
    for (const slot of this.#slots) {
      const task = slot.isIdle ? this.#waiting.shift() : undefined;
      if (task) {
        clearTimeout(this.#idleTimers.get(slot));
        this.#idleTimers.delete(slot);
        slot.start(task);
      }
    }
    this.#fill();
  }

  #fill(): void {
    if (this.#closing) return;
    const wanted = Math.min(this.#settings.maximumReaders, Math.max(this.#isWarm ? 1 : 0, this.#busyReaders() + this.#waiting.length));
    while (this.#slots.size < wanted && this.#restartTimer === undefined) this.#spawn();
  }

  #busyReaders(): number {
    return [...this.#slots].filter((slot) => slot.isBusy).length;
  }

  #spawn(): void {
    const readerId = this.#nextReaderId;
    this.#nextReaderId += 1;
    let process: WorkerProcess;
    try {
      process = this.#options.spawn();
    } catch (error) {
      // No memory for another process, for one: try again later.
      const message = error instanceof Error ? error.message : String(error);
      this.#onDeath(readerId, 'load_failed', { exitCode: null, signal: null, message });
      return;
    }
    const slot = new FileReaderSlot({
      readerId,
      process,
      limits: this.#settings,
      now: this.#options.now ?? (() => performance.now()),
      listener: {
        onReady: () => this.#onReady(slot),
        onIdle: () => this.#onIdle(slot),
        onDeath: (death, detail, task) => {
          this.#slots.delete(slot);
          clearTimeout(this.#idleTimers.get(slot));
          this.#idleTimers.delete(slot);
          if (task) this.#requeue(task);
          this.#onDeath(slot.readerId, death, detail);
        },
      },
    });
    this.#slots.add(slot);
  }

  #onReady(slot: FileReaderSlot): void {
    this.#failedLoads = 0;
    this.#options.onEvent?.({ type: 'ready', readerId: slot.readerId, readerPid: slot.pid });
    this.#onIdle(slot);
  }

  #onIdle(slot: FileReaderSlot): void {
    if (slot.isWorn) this.#retire(slot);
    this.#assign();
    if (!slot.isIdle || this.#idleTimers.has(slot)) return;
    const timer = setTimeout(() => {
      this.#idleTimers.delete(slot);
      if (slot.isIdle && this.#slots.size > 1) this.#retire(slot);
    }, this.#settings.idleTimeoutMs);
    this.#idleTimers.set(slot, timer.unref());
  }

  /** Ends a reader in good order. */
  #retire(slot: FileReaderSlot): void {
    this.#slots.delete(slot);
    const left = slot.close(this.#settings.closeGraceMs).finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }

  #onDeath(readerId: number, death: FileReaderDeath, detail: WorkerDeathDetail): void {
    if (death === 'closed' || this.#closing) return;
    this.#options.onEvent?.({ type: 'died', readerId, death, ...detail });
    if (death === 'load_failed') this.#backOff(detail.message);
    this.#assign();
  }

  #backOff(message: string | undefined): void {
    const { restartBackoffMs, maximumRestartBackoffMs } = this.#settings;
    const restartInMs = Math.min(restartBackoffMs * 2 ** this.#failedLoads, maximumRestartBackoffMs);
    this.#failedLoads += 1;
    if (this.#failedLoads >= MAXIMUM_LOADS) {
      const said = message === undefined ? '' : `: ${message}`;
      const error = new FileReaderError('reader_failed', `no file reader could start${said}`);
      for (const task of [...this.#waiting]) task.fail(error);
    }
    clearTimeout(this.#restartTimer);
    this.#restartTimer = setTimeout(() => {
      this.#restartTimer = undefined;
      this.#fill();
    }, restartInMs);
  }

  #requeue(task: FileTask): void {
    task.miss();
    if (task.misses > MAXIMUM_MISSES)
      task.fail(new FileReaderError('reader_failed', `${task.misses} readers died before they could begin`));
    else this.#waiting.unshift(task);
  }

  #forget(task: FileTask): void {
    const index = this.#waiting.indexOf(task);
    if (index >= 0) this.#waiting.splice(index, 1);
  }
}

function closedError(): FileReaderError {
  return new FileReaderError('closed', 'the file readers are closed');
}
