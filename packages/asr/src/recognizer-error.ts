/** Why a recognizer refused a clip or failed on it. */
export type RecognizerErrorCode =
  | 'audio_not_finite'
  | 'clip_too_short'
  | 'clip_too_long'
  | 'keywords_refused'
  | 'model_failed'
  | 'not_a_number'
  | 'graph_wrong';

/** Context of a {@link RecognizerError}. */
export interface RecognizerErrorOptions extends ErrorOptions {
  /** Position in the array of clips of the clip at fault. */
  readonly clipIndex?: number;
}

/**
 * A clip that was refused before the graph ran (`audio_not_finite`, `clip_too_short`, `clip_too_long`, `keywords_refused`), or a model that
 * failed (`model_failed`), computed something that is not a number (`not_a_number`), or whose prepared graphs compute something else than
 * they should on this processor (`graph_wrong`).
 */
export class RecognizerError extends Error {
  readonly code: RecognizerErrorCode;
  /** Position in the array of clips of the clip at fault; undefined when no single clip is. */
  readonly clipIndex: number | undefined;

  constructor(code: RecognizerErrorCode, message: string, options: RecognizerErrorOptions = {}) {
    super(message, options);
    this.name = 'RecognizerError';
    this.code = code;
    this.clipIndex = options.clipIndex;
  }
}
