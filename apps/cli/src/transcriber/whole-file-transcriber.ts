import type { WholeFileRecognizer } from '@outspoken/server-app/whole-files';
import type { Result } from '../output/transcript-document.ts';
import type { Transcriber, TranscribeTask } from './transcriber.ts';

const NOT_KNOWN: Result['unknown'] = new Set(['speechMs', 'clipPolicyId', 'wordConfidence']);

/** Transcribes each file in one piece, one after the other whatever is asked for at once. */
export class WholeFileTranscriber implements Transcriber {
  readonly #recognizer: WholeFileRecognizer;
  readonly #keywords: readonly string[];
  #last: Promise<unknown> = Promise.resolve();

  /** @param keywords - Words and phrases that are expected. */
  constructor(recognizer: WholeFileRecognizer, keywords: readonly string[] = []) {
    this.#recognizer = recognizer;
    this.#keywords = keywords;
  }

  get graph(): string {
    return this.#recognizer.graph;
  }

  transcribe(task: TranscribeTask): Promise<Result> {
    const result = this.#last.then(() => this.#transcribeNow(task));
    // The one behind it waits for its end, however it ends; its failure is its own caller's.
    this.#last = result.catch(() => undefined);
    return result;
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#recognizer[Symbol.asyncDispose]();
  }

  async #transcribeNow({ path, signal, onProgress }: TranscribeTask): Promise<Result> {
    signal.throwIfAborted();
    const { text, durationMs, isTruncated } = await this.#recognizer.transcribe(path, { signal, keywords: this.#keywords });
    onProgress(durationMs, durationMs);
    const transcript = { text, durationMs, speechMs: 0, segments: [], model: this.#recognizer.model, clipPolicyId: '', isTruncated };
    return { transcript, unknown: NOT_KNOWN };
  }
}
