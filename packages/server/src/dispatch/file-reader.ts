import type { MediaDescription, MediaErrorCode } from '@outspoken/media';
import type { RecordingClip } from '@outspoken/recording';

/** What comes out of an opened file, in order. */
export type FileReading =
  /** The next clip of speech. Its samples are handed over: the reader keeps nothing of them. */
  | { readonly type: 'clip'; readonly clip: RecordingClip }
  /** Everything up to here was read and searched for speech; at most a few times a second. */
  | { readonly type: 'progress'; readonly readMs: number }
  /** The file has been read to its end, or to where it broke off. */
  | {
      readonly type: 'end';
      readonly durationMs: number;
      readonly isTruncated: boolean;
      /** Time spent on decoding the file and searching it for speech, in milliseconds. */
      readonly busyMs: number;
    };

/** A file that is being read by a process of its own. */
export interface OpenFile extends AsyncDisposable {
  readonly description: MediaDescription;
  /**
   * What the file holds. Reading goes on only as far as the consumer asks, so that memory stays bounded. Read once.
   * @throws {@link FileReaderError}, or the reason of the signal that the file was opened with.
   */
  readings(): AsyncIterable<FileReading>;
}

/** Options of {@link FileReaders.open}. */
export interface OpenFileOptions {
  /** Gives the file up: waiting for a reader, opening, or reading. */
  readonly signal?: AbortSignal;
  /** Most audio that the file may hold, in milliseconds. */
  readonly maximumDurationMs: number;
}

/** Reads sound files, away from the process that holds sockets: a file that breaks its reader breaks nothing else. */
export interface FileReaders {
  /**
   * Opens a file and finds out what it is. Waits for a free reader, first come, first served.
   * @throws {@link FileReaderError}, or the reason of the signal.
   */
  open(path: string, options: OpenFileOptions): Promise<OpenFile>;
  /** Ends every reader. Idempotent. */
  close(): Promise<void>;
}

/**
 * Why a file could not be read.
 * - a {@link MediaErrorCode}: the file is to blame.
 * - `reader_failed`: the reader died, hung, or passed its memory limit on this file; sending it again will not help.
 * - `readers_busy`: as many files wait as may wait.
 * - `closed`: the readers were closed.
 */
export type FileReaderErrorCode = MediaErrorCode | 'reader_failed' | 'readers_busy' | 'closed';

/** A typed failure to read a file. */
export class FileReaderError extends Error {
  override readonly name = 'FileReaderError';
  readonly code: FileReaderErrorCode;

  constructor(code: FileReaderErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}
