import type { MediaDescription, MediaErrorCode } from '@outspoken/media';
import type { RecordingClip } from '@outspoken/recording';

/** What the parent tells a file reader. Every message about a file names it, so that a late one is never taken for another file's. */
export type FileReaderRequest =
  | { readonly type: 'open'; readonly fileId: number; readonly path: string; readonly maximumDurationMs: number }
  /** So many more clips may be sent; the first one starts the reading. */
  | { readonly type: 'pull'; readonly fileId: number; readonly clips: number }
  /** The file is not needed any more, read or not. Answered with `released`. */
  | { readonly type: 'release'; readonly fileId: number }
  /** Give up what runs and end. */
  | { readonly type: 'close' };

/** What a file reader tells its parent. */
export type FileReaderReply =
  /** The speech detector is loaded. Sent once, before anything else. */
  | { readonly type: 'ready' }
  /** The speech detector could not be loaded; the parent ends the reader. `message` goes to the log. */
  | { readonly type: 'load_failed'; readonly message: string }
  /** The file is looked at from now on: if the process dies later, the file may be the reason. */
  | { readonly type: 'begun'; readonly fileId: number }
  | { readonly type: 'opened'; readonly fileId: number; readonly description: MediaDescription }
  | { readonly type: 'clip'; readonly fileId: number; readonly clip: RecordingClip }
  | { readonly type: 'progress'; readonly fileId: number; readonly readMs: number }
  | {
      readonly type: 'end';
      readonly fileId: number;
      readonly durationMs: number;
      readonly isTruncated: boolean;
      readonly busyMs: number;
    }
  | { readonly type: 'failed'; readonly fileId: number; readonly code: FileFailureCode; readonly message: string }
  /** The file is closed, and the reader is free for the next one. */
  | { readonly type: 'released'; readonly fileId: number }
  /** Memory of the whole process; sent regularly while a file is open. */
  | { readonly type: 'memory'; readonly residentBytes: number };

/** Why a reader that lives could not read a file. */
export type FileFailureCode = MediaErrorCode | 'reader_failed';

const MEDIA_ERROR_CODES: Readonly<Record<MediaErrorCode, true>> = {
  unsupported_media: true,
  media_damaged: true,
  media_empty: true,
  media_too_long: true,
  media_too_complex: true,
};

/** Whether the file is to blame. */
export function isMediaErrorCode(code: unknown): code is MediaErrorCode {
  return typeof code === 'string' && Object.hasOwn(MEDIA_ERROR_CODES, code);
}
