import type { Result } from '../output/transcript-document.ts';

/** One recording to transcribe. */
export interface TranscribeTask {
  /** Absolute path. */
  readonly path: string;
  /** What the person calls it. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Told how much audio is recognized, and the length of the recording when it is known; both in milliseconds. */
  readonly onProgress: (audioMs: number, durationMs: number | undefined) => void;
}

/** Turns recordings into transcripts, several at a time. */
export interface Transcriber extends AsyncDisposable {
  /** Form of the weights; undefined when a server does not say. */
  readonly graph?: string;
  /** @throws an error with a code, see `failureText`, or the reason of the signal. */
  transcribe(task: TranscribeTask): Promise<Result>;
}
