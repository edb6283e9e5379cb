import { setTimeout } from 'node:timers/promises';
import { type FileEvent, SessionError } from '@outspoken/server';
import { DEFAULT_TEXT_FORMAT, type TextFormat } from '@outspoken/text';
import type { Result } from '../output/transcript-document.ts';
import type { Transcriber, TranscribeTask } from './transcriber.ts';

/** The part of the server's engine that a transcriber needs. */
export interface TranscribingEngine {
  readonly graph: string;
  transcribe(
    path: string,
    options: { readonly signal: AbortSignal; readonly format: TextFormat; readonly keywords?: readonly string[] },
  ): AsyncGenerator<FileEvent>;
  close(): Promise<void>;
}

// The engine refuses a file while it has more to do than it can; here nobody else asks, so it has room again soon.
const BUSY_RETRY_MS = 500;

const ALL_KNOWN: Result['unknown'] = new Set();

/** Transcribes on this machine, with the engine of the server. */
export class LocalTranscriber implements Transcriber {
  readonly #engine: TranscribingEngine;
  readonly #format: TextFormat;
  readonly #keywords: readonly string[];

  /**
   * @param options.format - How texts are written.
   * @param options.keywords - Words and phrases that are expected.
   */
  constructor(
    engine: TranscribingEngine,
    options: { readonly format?: TextFormat | undefined; readonly keywords?: readonly string[] } = {},
  ) {
    this.#engine = engine;
    this.#format = options.format ?? DEFAULT_TEXT_FORMAT;
    this.#keywords = options.keywords ?? [];
  }

  get graph(): string {
    return this.#engine.graph;
  }

  async transcribe(task: TranscribeTask): Promise<Result> {
    for (;;) {
      try {
        return await this.#transcribeOnce(task);
      } catch (error) {
        task.signal.throwIfAborted();
        if (!(error instanceof SessionError && error.code === 'overloaded')) {
          throw error;
        }
        await setTimeout(error.retryAfterMs ?? BUSY_RETRY_MS, undefined, { signal: task.signal });
      }
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#engine.close();
  }

  async #transcribeOnce({ path, signal, onProgress }: TranscribeTask): Promise<Result> {
    let durationMs: number | undefined;
    const keywords = this.#keywords;
    for await (const event of this.#engine.transcribe(path, { signal, format: this.#format, keywords })) {
      switch (event.type) {
        case 'opened':
          durationMs = event.description.statedDurationMs;
          onProgress(0, durationMs);
          break;
        case 'progress':
          onProgress(event.recognizedMs, durationMs);
          break;
        case 'segment':
          break;
        case 'end':
          return { transcript: event.transcript, unknown: ALL_KNOWN };
        default:
          event satisfies never;
      }
    }
    throw new TypeError('the engine ended a file without a transcript');
  }
}
