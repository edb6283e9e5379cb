import type { RecordingTranscript } from '@outspoken/recording';

/** One word of a document. Times are milliseconds from the start of the recording. */
interface DocumentWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** 0 to 1; null when a server does not say. */
  readonly confidence: number | null;
  /** Whether the times are guessed from the lengths of the words or found by the model. */
  readonly timing: 'estimated' | 'aligned';
}

/** One stretch of speech of a document. */
interface DocumentSegment {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  /** Geometric mean of the probabilities of the tokens, 0 to 1. */
  readonly confidence: number;
  readonly noSpeechProbability: number;
  readonly words: readonly DocumentWord[];
}

/** What `--format json` and `jsonl` write for one recording. The names are part of the interface of the program. */
export interface TranscriptDocument {
  /** The recording, as it was named on the command line. */
  readonly file: string;
  readonly text: string;
  readonly durationMs: number;
  /** Audio in which speech was found; null when a server does not say. */
  readonly speechMs: number | null;
  /** Whether the file broke off before its end; null when a server does not say. */
  readonly isTruncated: boolean | null;
  /** Name of the model; null when a server does not say. */
  readonly model: string | null;
  /** Hash of the policy by which speech was cut; null when a server does not say. */
  readonly clipPolicyId: string | null;
  readonly segments: readonly DocumentSegment[];
}

/** A recording and its transcript: what every format is written from. */
export interface Result {
  readonly transcript: RecordingTranscript;
  /** What the transcript holds only because it has to hold something: a server does not say everything. */
  readonly unknown: ReadonlySet<'speechMs' | 'isTruncated' | 'model' | 'clipPolicyId' | 'wordConfidence'>;
}

/** The document of a transcript, with nothing in it that nobody knows. */
export function documentOf(file: string, { transcript, unknown }: Result): TranscriptDocument {
  const { text, durationMs, speechMs, isTruncated, model, clipPolicyId, segments } = transcript;
  return {
    file,
    text,
    durationMs: Math.round(durationMs),
    speechMs: unknown.has('speechMs') ? null : Math.round(speechMs),
    isTruncated: unknown.has('isTruncated') ? null : isTruncated,
    model: unknown.has('model') ? null : model,
    clipPolicyId: unknown.has('clipPolicyId') ? null : clipPolicyId,
    segments: segments.map(({ startMs, endMs, text: segmentText, confidence, noSpeechProbability, words }) => ({
      startMs,
      endMs,
      text: segmentText,
      confidence,
      noSpeechProbability,
      words: words.map((word) => ({
        text: word.text,
        startMs: word.startMs,
        endMs: word.endMs,
        confidence: unknown.has('wordConfidence') ? null : word.confidence,
        timing: word.timing,
      })),
    })),
  };
}
