/** Why something cannot be evaluated. */
export type EvaluationErrorCode =
  /** A line of a manifest is not a JSON object. */
  | 'manifest_line'
  /** A field of a line of a manifest is missing, or of the wrong kind. */
  | 'manifest_field'
  /** A manifest without a single line. */
  | 'manifest_empty'
  /** A normaliser that is not there. */
  | 'normaliser_unknown'
  /** Two texts that differ in more places than there is memory for. */
  | 'texts_too_different';

/** Thrown when a manifest or a text from outside cannot be evaluated; a wrong argument is a `RangeError` instead. */
export class EvaluationError extends Error {
  readonly code: EvaluationErrorCode;

  constructor(code: EvaluationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EvaluationError';
    this.code = code;
  }
}
