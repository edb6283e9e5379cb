import type { ErrorCode } from '@outspoken/protocol';

/** Codes that arise on the client itself. */
export type LocalErrorCode =
  /** No answer from the server: it is down, or the network is away. */
  | 'server_unreachable'
  /** The connection was closed or went silent. */
  | 'connection_lost'
  /** The connection was closed for good; `closeCode` says why. */
  | 'connection_refused'
  /** The client was closed. */
  | 'client_closed'
  /** The clip was older than `clipTtlMs`. */
  | 'clip_expired'
  /** The outbox was full and the clip was its oldest. */
  | 'clip_evicted';

/** A code of this package or of the protocol; a newer server may send codes that are not listed. */
export type ClientErrorCode = LocalErrorCode | ErrorCode | (string & {});

/** Base class of this package's errors. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';
  readonly code: ClientErrorCode;
  /** Close code of the connection, when that is the cause. */
  readonly closeCode: number | undefined;

  constructor(code: ClientErrorCode, message: string, options?: { readonly cause?: unknown; readonly closeCode?: number }) {
    super(message, options && 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.closeCode = options?.closeCode;
  }
}

/** The server answered, and said no. */
export class SessionRefusedError extends ClientError {
  override readonly name = 'SessionRefusedError';
  /** Whether asking again later can succeed. */
  readonly retryable: boolean;
  /** Least time to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ClientErrorCode,
    message: string,
    options: { readonly retryable: boolean; readonly retryAfterMs?: number | undefined; readonly cause?: unknown },
  ) {
    super(code, message, 'cause' in options ? { cause: options.cause } : undefined);
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
