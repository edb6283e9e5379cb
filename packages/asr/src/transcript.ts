import type { Effort } from './effort.ts';

/** What the recognizer heard in one clip. */
export interface Transcript {
  /** The text, trimmed; empty when nothing was said, see {@link emptyReason}. */
  readonly text: string;
  /** The tokens that {@link text} is made of: their texts joined and trimmed are the text. */
  readonly tokens: readonly Token[];
  readonly words: readonly Word[];
  /**
   * Share of the words that are right, as far as the recognizer can tell: the mean of their confidences, 0-1. For an empty text it is
   * {@link noSpeechProbability}. Useful, not decisive: a repetition can score 0.94.
   */
  readonly confidence: number;
  /** Mean natural logarithm of the probabilities of {@link tokens}, at most 0; 0 when there is none. */
  readonly meanLogProbability: number;
  /** Probability that the first step ends the text, 0-1; 1 when the silence gate acted. */
  readonly noSpeechProbability: number;
  /**
   * When asked for, the texts that the search ended with, the best first: at most as many as were asked for, distinct, none empty. With an
   * effort above `fast` they are those of the clip as it is, and {@link text} may be none of them.
   */
  readonly alternatives?: readonly Alternative[];
  /** Why {@link text} is empty; absent when it is not. */
  readonly emptyReason?: EmptyReason;
  /** The guards that changed the plain result of the search, in the order in which they acted; each at most once. */
  readonly guards: readonly GuardAction[];
  readonly timings: RecognitionTimings;
  /** Length of the clip, in milliseconds. */
  readonly audioMs: number;
  /** What was spent on the clip. */
  readonly effort: Effort;
}

/**
 * Why a text is empty: `silence` the clip is below the silence gate and the graph did not run, `no_speech` the model ended the
 * text at once, `filtered` the model wrote something, but nothing of it is text.
 */
export type EmptyReason = 'silence' | 'no_speech' | 'filtered';

/**
 * A guard that acted: `silence` the graph did not run, `forced_start` the text would have ended at once, which was not believed because of
 * what the speech detector saw, `memorised_phrase` what was written is known by heart and was left out, `unlikely_text` the model was so unsure
 * of its text that nobody can have said it, `token_cap` the text was cut at the longest plausible length,
 * `repetition` a runaway repetition was reduced to its first occurrence.
 */
export type GuardAction = 'silence' | 'forced_start' | 'memorised_phrase' | 'unlikely_text' | 'token_cap' | 'repetition';

/** One of several texts of a clip. */
export interface Alternative {
  readonly text: string;
  /** Natural logarithm of the probability of the whole text, its end included; what keywords add is not in it. */
  readonly logProbability: number;
}

/** One piece of the model's vocabulary. */
export interface Token {
  readonly id: number;
  /** Text with a leading space where a word begins; empty for a control token or an unfinished UTF-8 character. */
  readonly text: string;
  /** Probability that the model gave this token after those before it, 0-1. */
  readonly probability: number;
}

/** One word with its place in the clip. */
export interface Word {
  /** The word with its punctuation. */
  readonly text: string;
  /**
   * Probability that the word is right, 0-1: measured on the development data for the model and the effort. For a model for which nobody
   * has measured it, what the model itself says: the product of the probabilities of the tokens of the word, punctuation left out.
   */
  readonly confidence: number;
  /** Start, in milliseconds from the start of the clip. */
  readonly startMs: number;
  /** End, in milliseconds from the start of the clip. */
  readonly endMs: number;
  /** Whether the times are guessed from the lengths of the words, or are where the model heard them. */
  readonly timing: 'estimated' | 'aligned';
}

/** Time spent on one clip. */
export interface RecognitionTimings {
  /** In the encoder, in milliseconds of wall time. */
  readonly encoderMs: number;
  /** In the search and the decoder, in milliseconds of wall time. */
  readonly decoderMs: number;
}
