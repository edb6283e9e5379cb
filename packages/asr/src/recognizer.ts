import type { Transcript } from './transcript.ts';

/** Speech of one clip: mono, 16 kHz, -1 to 1 (more is accepted, what is not finite is refused). */
export interface RecognizerClip {
  readonly samples: Float32Array;
}

/** What a recognizer is and which clips it takes. */
export interface RecognizerModel {
  readonly id: string;
  readonly version: string;
  /** Architecture, e.g. `moonshine`. */
  readonly family: string;
  /** Rate of the samples, in hertz. */
  readonly sampleRateHz: number;
  /** Shortest clip, in samples. */
  readonly minimumSamples: number;
  /** Longest clip, in samples. */
  readonly maximumSamples: number;
}

/** Options of {@link Recognizer.transcribe}. */
export interface TranscribeOptions {
  /** Stops the work between two tokens. */
  readonly signal?: AbortSignal;
}

/** Clips in, transcripts out. */
export interface Recognizer {
  readonly model: RecognizerModel;
  /**
   * Transcribes a batch; the transcripts are in the order of the clips.
   *
   * The batch succeeds or fails as a whole, and every clip is checked before the first one runs.
   *
   * @throws {@link RecognizerError} with `clipIndex` when a clip is refused or the model fails on it.
   * @throws the reason of the signal when it is aborted.
   */
  transcribe(clips: readonly RecognizerClip[], options?: TranscribeOptions): Promise<readonly Transcript[]>;
  /** Releases the model; a second call waits for the first. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
