/** Why a model file could not be handed out. */
export type ModelErrorCode = 'unknown_model' | 'unknown_file' | 'carrier_missing' | 'file_missing' | 'file_changed' | 'not_a_file';

/** What a {@link ModelError} is about. */
export interface ModelErrorDetails {
  /** Path of the file inside its carrier package, or the name that was asked for. */
  readonly file: string;
  /** What the manifest asks for. */
  readonly expected?: string;
  /** What was found instead. */
  readonly got?: string;
  readonly cause?: unknown;
}

/** A model file that is unknown, missing, or not the one that the manifest pins. */
export class ModelError extends Error {
  readonly code: ModelErrorCode;
  readonly file: string;
  readonly expected: string | undefined;
  readonly got: string | undefined;

  constructor(code: ModelErrorCode, message: string, details: ModelErrorDetails) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'ModelError';
    this.code = code;
    this.file = details.file;
    this.expected = details.expected;
    this.got = details.got;
  }
}
