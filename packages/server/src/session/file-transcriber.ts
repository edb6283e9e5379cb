import { randomUUID } from 'node:crypto';
import type { ProtocolLabel } from '@outspoken/monitoring';
import { type TextFormat, textFormat } from '@outspoken/text';
import { FileReaderError, type FileReaders } from '../dispatch/file-reader.ts';
import { FileBudget } from './file-budget.ts';
import { FileRecord } from './file-record.ts';
import { type FileEvent, FileTranscription } from './file-transcription.ts';
import { DEFAULT_RETRY_MS, recognitionFailure } from './recognition-failure.ts';
import { SessionError } from './session-error.ts';
import type { SessionServices } from './session-services.ts';

export type { FileEvent } from './file-transcription.ts';

// Twice as many clips as there are workers: each has its next one waiting when it has answered.
const WINDOW_CLIPS_PER_SLOT = 2;

/** What a {@link FileTranscriber} is made of. */
export interface FileTranscriberOptions {
  readonly services: SessionServices;
  readonly readers: FileReaders;
  /** Hash of the clip policy that the readers cut by. */
  readonly clipPolicyId: string;
  /** Clips that can be recognized at once now. */
  readonly slots: () => number;
  /** Most audio that one file may hold, in milliseconds. */
  readonly maximumFileMs: number;
}

/** Options of {@link FileTranscriber.transcribe}. */
export interface TranscribeFileOptions {
  /** Gives the file up; everything that belongs to it stops. */
  readonly signal: AbortSignal;
  /** The door that the file came in by, for the metrics. */
  readonly protocol: ProtocolLabel;
  /** How its text is written. @defaultValue as it was heard */
  readonly format?: Partial<TextFormat>;
  /** Words and phrases that are expected, at most 1,000 of at most 100 characters. */
  readonly keywords?: readonly string[];
}

interface ActiveFile {
  /** Whose the clips of the file are, for the scheduler. */
  readonly key: string;
  readonly controller: AbortController;
  readonly record: FileRecord;
  readonly protocol: ProtocolLabel;
  readonly format: TextFormat;
  readonly keywords: readonly string[] | undefined;
}

/** Turns sound files into transcripts, by the same scheduler, workers and clip policy as live speech. */
export class FileTranscriber {
  readonly #options: FileTranscriberOptions;
  readonly #budget: FileBudget;
  readonly #active = new Set<AbortController>();
  readonly #idleWaiters = new Set<() => void>();
  #isDraining = false;

  constructor(options: FileTranscriberOptions) {
    const { budget, options: limits } = options.services;
    this.#options = options;
    this.#budget = new FileBudget(budget, limits.maximumAudioBytes);
  }

  /** Files under way, those that wait for a reader included. */
  get activeCount(): number {
    return this.#active.size;
  }

  /**
   * Recognizes a file. Nothing begins before the first event is asked for. A consumer that stops early, by `return()`, an error or
   * the signal, stops the file; when the iterator has ended, nothing of the file runs or is held any more.
   *
   * Each file is counted once in the metrics, with its outcome and the reason of a refusal: the caller counts nothing.
   *
   * @throws SessionError when the server takes no file now (`overloaded`, `draining`) or failed on a clip, FileReaderError when the
   *   file cannot be read, or the reason of the signal.
   */
  async *transcribe(
    path: string,
    { signal, protocol, format, keywords }: TranscribeFileOptions,
  ): AsyncGenerator<FileEvent, void, undefined> {
    const record = new FileRecord(this.#options.services, protocol);
    const controller = new AbortController();
    const onAbort = (): void => controller.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#active.add(controller);
    try {
      signal.throwIfAborted();
      const key = `file/${randomUUID()}`;
      this.#admit(key);
      yield* this.#events(path, { key, controller, record, protocol, format: textFormat(format), keywords });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const failure = fileFailure(error);
      record.fail(failure);
      throw failure;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#active.delete(controller);
      record.finish();
      if (this.#active.size === 0) for (const resolve of this.#idleWaiters) resolve();
    }
  }

  /** Takes no new file from now on. */
  startDraining(): void {
    this.#isDraining = true;
  }

  /**
   * Resolves when no file is under way, or after `timeoutMs`; what is under way then is given up with `draining`.
   *
   * @returns whether all were finished.
   */
  async settled(timeoutMs: number): Promise<boolean> {
    if (this.#active.size === 0) return true;
    const waiters = this.#idleWaiters;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        cancelTimeout();
        waiters.delete(finish);
        resolve();
      };
      const cancelTimeout = this.#options.services.clock.schedule(timeoutMs, finish);
      waiters.add(finish);
    });
    const isFinished = this.#active.size === 0;
    for (const controller of this.#active) controller.abort(drainingError());
    return isFinished;
  }

  #admit(key: string): void {
    if (this.#isDraining) throw drainingError();
    const { scheduler, options } = this.#options.services;
    const admission = scheduler.admit(options.typicalClipMs, 'file', key);
    if (admission.admitted) return;
    const { reason, retryAfterMs } = admission;
    throw reason === 'draining'
      ? drainingError(retryAfterMs)
      : new SessionError('overloaded', 'the server has more speech than it can recognize', { retryAfterMs });
  }

  async *#events(
    path: string,
    { key, controller, record, protocol, format, keywords }: ActiveFile,
  ): AsyncGenerator<FileEvent, void, undefined> {
    const { services, readers, clipPolicyId, slots, maximumFileMs } = this.#options;
    const file = await readers.open(path, { signal: controller.signal, maximumDurationMs: maximumFileMs });
    try {
      const transcription = new FileTranscription({
        services,
        budget: this.#budget,
        file,
        key,
        protocol,
        clipPolicyId,
        format,
        keywords,
        windowClips: () => Math.max(1, WINDOW_CLIPS_PER_SLOT * slots()),
        controller,
      });
      for await (const event of transcription.events()) {
        record.note(event, transcription.readBusyMs);
        yield event;
      }
    } finally {
      await file[Symbol.asyncDispose]();
    }
  }
}

function drainingError(retryAfterMs = DEFAULT_RETRY_MS): SessionError {
  return new SessionError('draining', 'the server is shutting down', { retryAfterMs });
}

function fileFailure(error: unknown): SessionError | FileReaderError {
  if (error instanceof SessionError) return error;
  if (!(error instanceof FileReaderError)) return recognitionFailure(error, 'file');
  return error.code === 'closed' ? drainingError() : error;
}
