import type { Effort } from './effort.ts';
import type { Transcript } from './transcript.ts';

/** What a speech detector saw of a clip, before anything was recognized in it. */
export interface SpeechEvidence {
  /** Time that sounded like speech, in milliseconds. */
  readonly voicedMs: number;
  /** Highest probability of speech of a voiced frame, 0-1; 0 when none was voiced. */
  readonly peakProbability: number;
  /** Mean probability of speech of the voiced frames, 0-1; 0 when none was voiced. */
  readonly meanProbability: number;
}

/** Speech of one clip: mono, 16 kHz, -1 to 1 (more is accepted, what is not finite is refused). */
export interface RecognizerClip {
  readonly samples: Float32Array;
  /** What the speech detector saw of the clip; without it an empty text is believed. */
  readonly speech?: SpeechEvidence;
  /** How much processor time to spend on it. @defaultValue `fast` */
  readonly effort?: Effort;
  /**
   * Words and phrases that are expected, at most 1,000 of at most 100 characters: where the sound leaves a choice they are taken. With
   * some the search follows four texts side by side and takes about twice the processor time of `fast`.
   */
  readonly keywords?: readonly string[];
  /** How many texts to tell, 1-4, see {@link Transcript.alternatives}; takes as long as keywords. @defaultValue none */
  readonly alternatives?: number;
  /** Stops the work on this clip between two steps; its mates go on. */
  readonly signal?: AbortSignal;
}

/**
 * Which graphs compute a model: `signed` and `unsigned` are prepared ones, with 8-bit weights of that sign, `float` with 32-bit floats (to
 * measure the others by), `shipped` the files as they were published.
 */
export type GraphVariant = 'signed' | 'unsigned' | 'float' | 'shipped';

/** How one clip of {@link Recognizer.transcribeEach} ended. */
export type ClipResult =
  | { readonly type: 'transcript'; readonly transcript: Transcript }
  /** A `RecognizerError` with the `clipIndex`, or the reason of the clip's signal. */
  | { readonly type: 'error'; readonly error: unknown };

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
  readonly graph: GraphVariant;
  /** Most clips that are decoded side by side. */
  readonly maximumBatch: number;
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
  /**
   * Transcribes clips side by side, {@link RecognizerModel.maximumBatch} at a time; each succeeds or fails alone.
   *
   * @param onResult - Told of each clip once, as soon as it has ended.
   */
  transcribeEach(clips: readonly RecognizerClip[], onResult: (index: number, result: ClipResult) => void): Promise<void>;
  /** Releases the model; a second call waits for the first. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
