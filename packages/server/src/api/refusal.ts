import { ERROR_CODES, isErrorCode, ProtocolError, type RefusalBody } from '@outspoken/protocol';
import { SessionError } from '../session/session-error.ts';

/** An HTTP answer that says no. */
export interface Refusal {
  readonly status: number;
  readonly body: RefusalBody;
}

/** The answer to an unknown address. */
export const NOT_FOUND: Refusal = refusal(404, 'not_found', 'there is nothing at this address');

/**
 * What a failed request is answered: the coded error of the protocol if it is one, the status of a malformed request with words
 * of our own, and nothing about the inside of the server for all else.
 */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof SessionError || error instanceof ProtocolError) {
    const retryAfterMs = error instanceof SessionError ? error.retryAfterMs : undefined;
    return refusal(ERROR_CODES[error.code].httpStatus, error.code, error.message, retryAfterMs);
  }
  const status = statusOf(error);
  switch (status) {
    case 413:
      return refusal(413, 'frame_too_large', 'the body is too large');
    case 415:
      return refusal(415, 'bad_message', 'the content type must be application/json');
    case 503:
      return refusal(503, 'draining', 'the server is shutting down', 1_000);
    default:
      if (status >= 400 && status < 500) return refusal(status, 'bad_message', 'the request cannot be understood');
      return refusal(500, 'internal', 'the server failed on this request');
  }
}

function refusal(status: number, code: string, message: string, retryAfterMs?: number): Refusal {
  const retryable = isErrorCode(code) && ERROR_CODES[code].isRetryable;
  return { status, body: { error: { code, message, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } } };
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500;
  return typeof error.statusCode === 'number' ? error.statusCode : 500;
}
