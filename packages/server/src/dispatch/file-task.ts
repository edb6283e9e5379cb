import type { MediaDescription } from '@outspoken/media';
import { FileReaderError, type FileReading, type OpenFile, type OpenFileOptions } from './file-reader.ts';
import type { FileReaderReply } from './file-reader-protocol.ts';

// One clip is on its way, one waits here, one is being cut: the reader never waits for the consumer's next step.
const READ_AHEAD_CLIPS = 3;
const SAMPLES_PER_MS = 16;

/** What a task asks of the reader that has it. */
export interface FileTaskReader {
  pull(clips: number): void;
  release(): void;
}

/** Messages about one file. */
export type FileReply = Extract<FileReaderReply, { readonly fileId: number }>;

/** One file on its way through a reader: waiting for one, opening, being read, over. The consumer's end of it is an {@link OpenFile}. */
export class FileTask {
  readonly path: string;
  readonly maximumDurationMs: number;
  /** The file once it is open. */
  readonly opened: Promise<OpenFile>;
  /** Times that a reader was dead before it could begin: the file is not to blame. */
  misses = 0;
  #resolveOpened: (file: OpenFile) => void = () => {};
  #rejectOpened: (reason: unknown) => void = () => {};
  readonly #signal: AbortSignal | undefined;
  readonly #onSettled: () => void;
  readonly #readings: FileReading[] = [];
  #state: 'waiting' | 'opening' | 'open' | 'read' | 'over' = 'waiting';
  #hasBegun = false;
  #reader: FileTaskReader | undefined;
  #wantedClips = 0;
  #readMs = 0;
  #failure: { readonly reason: unknown } | undefined;
  #wake: () => void = () => {};
  readonly #left: Promise<void>;
  #resolveLeft: () => void = () => {};

  /** @param onSettled - Called once, when the file is over for its consumer. */
  constructor(path: string, options: OpenFileOptions, onSettled: () => void) {
    this.path = path;
    this.maximumDurationMs = options.maximumDurationMs;
    this.#signal = options.signal;
    this.#onSettled = onSettled;
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve;
      this.#rejectOpened = reject;
    });
    this.#left = new Promise((resolve) => {
      this.#resolveLeft = resolve;
    });
    // Whoever has given the file up need not listen any more.
    this.opened.catch(() => {});
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Whether the reader owes us something: it is hung if that does not come. */
  get isAwaited(): boolean {
    return this.#state === 'opening' || (this.#state === 'open' && this.#wantedClips > 0);
  }

  /** How far the file has been read, in milliseconds of audio. */
  get readMs(): number {
    return this.#readMs;
  }

  /** Whether the reader has looked at the file. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Whether the consumer has all it will get. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** A reader has the file now. */
  start(reader: FileTaskReader): void {
    this.#reader = reader;
    this.#state = 'opening';
    this.#hasBegun = false;
  }

  /** The reader was dead before it could begin. */
  miss(): void {
    this.misses += 1;
    this.#reader = undefined;
    this.#state = 'waiting';
  }

  /** The reader has let go of the file, or is gone. */
  leave(): void {
    this.#resolveLeft();
  }

  /** Takes what the reader says. */
  receive(reply: FileReply): void {
    if (this.#state === 'over') return;
    switch (reply.type) {
      case 'begun':
        this.#hasBegun = true;
        break;
      case 'opened':
        this.#state = 'open';
        this.#resolveOpened(this.#openFile(reply.description));
        break;
      case 'clip':
        this.#wantedClips -= 1;
        this.#readMs = Math.max(this.#readMs, reply.clip.endSample / SAMPLES_PER_MS);
        this.#push({ type: 'clip', clip: reply.clip });
        break;
      case 'progress':
        this.#readMs = Math.max(this.#readMs, reply.readMs);
        // A consumer that is away need not hear of every step.
        if (this.#readings.at(-1)?.type === 'progress') this.#readings.pop();
        this.#push({ type: 'progress', readMs: reply.readMs });
        break;
      case 'end':
        this.#state = 'read';
        this.#push({ type: 'end', durationMs: reply.durationMs, isTruncated: reply.isTruncated, busyMs: reply.busyMs });
        break;
      case 'failed':
        this.fail(new FileReaderError(reply.code, reply.message));
        break;
      case 'released':
        // Without being asked: the file is not read to its end.
        this.fail(new FileReaderError('reader_failed', 'the reader gave the file up'));
        break;
      default:
        reply satisfies never;
    }
  }

  /** Ends the file for its consumer, who hears the reason once what was read before has been taken. */
  fail(reason: unknown): void {
    if (this.#state === 'over') return;
    this.#failure = { reason };
    this.#rejectOpened(reason);
    this.#settle();
  }

  readonly #onAbort = (): void => {
    this.#readings.length = 0;
    this.fail(this.#signal?.reason);
  };

  #openFile(description: MediaDescription): OpenFile {
    return {
      description,
      readings: () => this.#read(),
      [Symbol.asyncDispose]: () => {
        this.#settle();
        return this.#left;
      },
    };
  }

  async *#read(): AsyncGenerator<FileReading, void, undefined> {
    this.#pull(READ_AHEAD_CLIPS);
    for (;;) {
      const reading = this.#readings.shift();
      if (reading !== undefined) {
        if (reading.type === 'clip') this.#pull(1);
        yield reading;
        if (reading.type === 'end') return;
      } else if (this.#failure !== undefined) {
        throw this.#failure.reason;
      } else if (this.#state === 'over') {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #pull(clips: number): void {
    if (this.#state !== 'open') return;
    this.#wantedClips += clips;
    this.#reader?.pull(clips);
  }

  #push(reading: FileReading): void {
    this.#readings.push(reading);
    this.#wake();
  }

  #settle(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#reader?.release();
    this.#wake();
    this.#onSettled();
  }
}
