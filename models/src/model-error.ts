/**
 * Why a model file could not be handed out.
 * - `unknown_model`, `unknown_file`: the manifest has no such name.
 * - `carrier_missing`: the npm package that carries the file is not installed.
 * - `file_missing`: the carrier lacks the file, or it was never downloaded.
 * - `file_changed`: the bytes are not those that the manifest pins.
 * - `not_a_file`: the file only exists inside a script.
 *
 * Only of a download:
 * - `network_unavailable`: the hub cannot be reached, or the connection broke; what has come so far is kept.
 * - `hub_refused`: the hub answered with an error status.
 * - `disk_full`: there is no room for the file.
 * - `cache_unwritable`: the cache folder cannot be written.
 * - `pull_in_progress`: another process downloads the same file.
 */
export type ModelErrorCode =
  | 'unknown_model'
  | 'unknown_file'
  | 'carrier_missing'
  | 'file_missing'
  | 'file_changed'
  | 'not_a_file'
  | 'network_unavailable'
  | 'hub_refused'
  | 'disk_full'
  | 'cache_unwritable'
  | 'pull_in_progress';

/** What a {@link ModelError} is about. */
export interface ModelErrorDetails {
  /** Path of the file inside its carrier package, its address on the hub, or the name that was asked for. */
  readonly file: string;
  /** What the manifest asks for. */
  readonly expected?: string;
  /** What was found instead. */
  readonly got?: string;
  readonly cause?: unknown;
}

/** A model file that is unknown, missing, not the one that the manifest pins, or could not be downloaded. */
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
