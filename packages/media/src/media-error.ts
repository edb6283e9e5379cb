/**
 * Why a file gives no audio.
 * - `unsupported_media`: no container or codec that can be decoded here.
 * - `media_damaged`: it begins like a file of its kind, but cannot be read.
 * - `media_empty`: a readable file without a single sample.
 * - `media_too_long`: it holds, or unpacks to, more than the caller allows.
 * - `media_too_complex`: more channels, or a rate, that no recording of speech has.
 */
export type MediaErrorCode = 'unsupported_media' | 'media_damaged' | 'media_empty' | 'media_too_long' | 'media_too_complex';

/** A file that cannot be decoded. The message names no part of its content. */
export class MediaError extends Error {
  override readonly name = 'MediaError';
  readonly code: MediaErrorCode;

  constructor(code: MediaErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}
