/**
 * Why an upload was not taken.
 * - `upload_too_large`: the file is larger than one may be.
 * - `upload_incomplete`: the body ended, or fell silent, before the upload was whole.
 * - `too_many_uploads`: as many are held as may be.
 * - `spool_full`: the uploads held together fill their room, or the disk is full.
 * - `spool_failed`: the folder for uploads cannot be used.
 * - `bad_upload`: the body is no form with one file, or holds more than a form may.
 */
export type UploadErrorCode = 'upload_too_large' | 'upload_incomplete' | 'too_many_uploads' | 'spool_full' | 'spool_failed' | 'bad_upload';

/** What else is known about an {@link UploadError}. */
export interface UploadErrorOptions extends ErrorOptions {
  /** Whether it ended because the client was too slow. @defaultValue `false` */
  readonly isTimeout?: boolean;
  /** The field it is about. */
  readonly field?: string;
}

/** A typed failure of an upload. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  readonly code: UploadErrorCode;
  readonly isTimeout: boolean;
  readonly field: string | undefined;

  constructor(code: UploadErrorCode, message: string, options: UploadErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.isTimeout = options.isTimeout ?? false;
    this.field = options.field;
  }
}

/** Where there is no more room, as opposed to a folder that nobody may write to. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);

/** Says what a failure of the disk means for an upload. */
export function storageError(cause: unknown): UploadError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (NO_ROOM.has(code)) return new UploadError('spool_full', 'the server has no room for the file now', { cause });
  return new UploadError('spool_failed', 'the server cannot store the file', { cause });
}
