import type { Token, Word } from '@outspoken/asr';

/** What was said in one clip of a recording. Times are milliseconds from the start of the recording. */
export interface RecordingSegment {
  /** 0 for the first segment of the recording. */
  readonly index: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Never empty: clips without text make no segment. */
  readonly text: string;
  readonly words: readonly Word[];
  readonly tokens: readonly Token[];
  /** Mean of the confidences of the words as they were heard, 0 to 1. */
  readonly confidence: number;
  /** Mean natural logarithm of the probabilities of the tokens as they were heard, at most 0. */
  readonly meanLogProbability: number;
  readonly noSpeechProbability: number;
}

/** A whole recording. */
export interface RecordingTranscript {
  /** The texts of the segments, joined. */
  readonly text: string;
  /** Length of the recording, in milliseconds. */
  readonly durationMs: number;
  /** Audio of all the clips, in milliseconds. */
  readonly speechMs: number;
  readonly segments: readonly RecordingSegment[];
  /** Name of the model that answered. */
  readonly model: string;
  /** Hash of the clip policy by which the recording was cut. */
  readonly clipPolicyId: string;
  /** Whether the file broke off before its end. */
  readonly isTruncated: boolean;
}
