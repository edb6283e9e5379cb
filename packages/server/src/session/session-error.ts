import { ERROR_CODES, type ErrorCode } from '@outspoken/protocol';

/** What else is known about a {@link SessionError}. */
export interface SessionErrorOptions extends ErrorOptions {
  /** The clip it is about; absent when it is about the connection. */
  readonly clipId?: string;
  /** Whether the clip is over with this error. @defaultValue `false` */
  readonly endsClip?: boolean;
  /** When to try again, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** A mistake of a client, or a failure that a client is told of, with a code of the wire protocol. Its text names no user data. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  readonly code: ErrorCode;
  readonly clipId: string | undefined;
  readonly endsClip: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: SessionErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.clipId = options.clipId;
    this.endsClip = options.endsClip ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Whether the same may succeed later. */
  get isRetryable(): boolean {
    return ERROR_CODES[this.code].isRetryable;
  }
}
