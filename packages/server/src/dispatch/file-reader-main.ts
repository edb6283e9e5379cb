import type { MediaAudio } from '@outspoken/media';
import { cutRecording, type RecordingEvent } from '@outspoken/recording';
import type { SpeechDetector } from '@outspoken/vad';
import { type ChildService, messageOf, type ServiceEnd, serveChild, type WorkerPort } from './child-service.ts';
import { type FileFailureCode, type FileReaderReply, type FileReaderRequest, isMediaErrorCode } from './file-reader-protocol.ts';

/** Options of {@link serveFileReader}. */
export interface ServeFileReaderOptions {
  /** Opens a file. Aborted when the file is not needed any more. */
  readonly open: (path: string, options: { readonly maximumDurationMs: number; readonly signal: AbortSignal }) => Promise<MediaAudio>;
  /** Loads the speech detector. Called once; a failure is told to the parent and ends the service. */
  readonly loadDetector: () => Promise<SpeechDetector>;
  /** Monotonic clock in milliseconds. @defaultValue `performance.now` */
  readonly now?: () => number;
  /** Memory that the process holds, in bytes. */
  readonly residentBytes: () => number;
  /** Time between two reports of the memory while a file is open, in milliseconds. @defaultValue 250 */
  readonly heartbeatMs?: number;
}

/** Time between two reports of how far a file was read, in milliseconds. */
const PROGRESS_MS = 250;

/**
 * Runs in a process of its own: opens one file at a time, cuts it into clips as far as the parent asks, until the parent says `close`
 * or is gone. Nothing is written to disk or to a log.
 *
 * @returns Why it ended. The program then ends the process: a decoder that is stuck cannot be waited for.
 */
export function serveFileReader(port: WorkerPort, options: ServeFileReaderOptions): Promise<ServiceEnd> {
  return serveChild(port, {
    load: options.loadDetector,
    start(detector, send: (reply: FileReaderReply) => void) {
      const service = new FileReaderService(detector, send, options);
      send({ type: 'ready' });
      return service;
    },
  });
}

class FileReaderService implements ChildService {
  readonly #detector: SpeechDetector;
  readonly #send: (reply: FileReaderReply) => void;
  readonly #options: ServeFileReaderOptions;
  #current: FileInHand | undefined;

  constructor(detector: SpeechDetector, send: (reply: FileReaderReply) => void, options: ServeFileReaderOptions) {
    this.#detector = detector;
    this.#send = send;
    this.#options = options;
  }

  receive(value: { readonly type: string }): void {
    // The parent is this program's own other half; what does not fit is from a newer version of it and is passed over.
    const request = value as FileReaderRequest;
    if (request.type === 'open') {
      // Its failures are answers to the parent.
      void this.#run(request);
    } else if (request.type === 'pull' && request.fileId === this.#current?.fileId) {
      this.#current.grant(request.clips);
    } else if (request.type === 'release' && request.fileId === this.#current?.fileId) {
      this.#current.release();
    }
  }

  abort(): void {
    this.#current?.release();
  }

  async #run({ fileId, path, maximumDurationMs }: FileReaderRequest & { readonly type: 'open' }): Promise<void> {
    if (this.#current !== undefined) {
      this.#send({ type: 'failed', fileId, code: 'reader_failed', message: 'the reader was given a second file while one is open' });
      return;
    }
    const { residentBytes, heartbeatMs = 250 } = this.#options;
    const file = new FileInHand(fileId);
    this.#current = file;
    this.#send({ type: 'begun', fileId });
    const heartbeat = setInterval(() => this.#send({ type: 'memory', residentBytes: residentBytes() }), heartbeatMs);
    try {
      await this.#read(file, path, maximumDurationMs);
    } catch (error) {
      if (!file.signal.aborted) this.#send({ type: 'failed', fileId, ...failureOf(error) });
    } finally {
      clearInterval(heartbeat);
    }
    await file.released;
    this.#current = undefined;
    this.#send({ type: 'released', fileId });
  }

  async #read(file: FileInHand, path: string, maximumDurationMs: number): Promise<void> {
    const { now = () => performance.now() } = this.#options;
    const { fileId, signal } = file;
    let startedMs = now();
    let busyMs = 0;
    const media = await this.#options.open(path, { maximumDurationMs, signal });
    try {
      this.#send({ type: 'opened', fileId, description: media.description });
      busyMs += now() - startedMs;
      await file.granted();
      startedMs = now();
      let toldMs = Number.NEGATIVE_INFINITY;
      for await (const event of cutRecording(media.samples(), this.#detector)) {
        signal.throwIfAborted();
        if (event.type === 'clip') {
          busyMs += now() - startedMs;
          await file.take();
          startedMs = now();
        }
        if (event.type === 'progress' && now() - toldMs < PROGRESS_MS) continue;
        if (event.type === 'progress') toldMs = now();
        this.#send(replyOf(event, fileId, media, busyMs + now() - startedMs));
      }
    } finally {
      await media[Symbol.asyncDispose]();
    }
  }
}

/** One open file: how many clips of it are wanted, and whether it still is. */
class FileInHand {
  readonly fileId: number;
  readonly released: Promise<void>;
  readonly #controller = new AbortController();
  #credits = 0;
  #wake: () => void = () => {};

  constructor(fileId: number) {
    this.fileId = fileId;
    const { signal } = this.#controller;
    this.released = new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  grant(clips: number): void {
    this.#credits += clips;
    this.#wake();
  }

  release(): void {
    this.#controller.abort(new DOMException('the file is not needed any more', 'AbortError'));
    this.#wake();
  }

  /** Waits until a clip is wanted. @throws the reason of the signal. */
  async granted(): Promise<void> {
    while (this.#credits === 0 && !this.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.signal.throwIfAborted();
  }

  /** Waits until a clip is wanted, and counts it. @throws the reason of the signal. */
  async take(): Promise<void> {
    await this.granted();
    this.#credits -= 1;
  }
}

function replyOf(event: RecordingEvent, fileId: number, media: MediaAudio, busyMs: number): FileReaderReply {
  switch (event.type) {
    case 'clip':
      return { type: 'clip', fileId, clip: event.clip };
    case 'progress':
      return { type: 'progress', fileId, readMs: event.readMs };
    case 'end':
      return { type: 'end', fileId, durationMs: event.durationMs, isTruncated: media.isTruncated, busyMs };
    default:
      return event satisfies never;
  }
}

function failureOf(error: unknown): { readonly code: FileFailureCode; readonly message: string } {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // A decoder that gives no numbers was given no sound.
  if (code === 'audio_not_finite') return { code: 'media_damaged', message: 'the file decodes to samples that are not finite' };
  return { code: isMediaErrorCode(code) ? code : 'reader_failed', message: messageOf(error) };
}
