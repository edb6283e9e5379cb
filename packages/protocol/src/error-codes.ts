/** What a caller must know about an error code: whether the same request may succeed later, its HTTP status, and what to do. */
export interface ErrorCodeInfo {
  /** True when sending the same again, later or after the advice, can succeed. A clip stays in the outbox. */
  readonly isRetryable: boolean;
  /** Status when the error answers an HTTP request. */
  readonly httpStatus: number;
  /** What the caller should do next. */
  readonly advice: string;
}

/** Every error code of `asr.v1`, on the socket and over HTTP alike; `docs/protocol.md` shows the same table. */
export const ERROR_CODES = Object.freeze({
  bad_message: { isRetryable: false, httpStatus: 400, advice: 'send JSON that matches the schema; the message names the field' },
  unknown_message: { isRetryable: false, httpStatus: 400, advice: 'use a message type of this protocol version' },
  not_ready: { isRetryable: true, httpStatus: 409, advice: 'send hello and wait for welcome first' },
  bad_frame: { isRetryable: false, httpStatus: 400, advice: 'send the 32-byte header, whole samples and no gap between frames' },
  frame_too_large: { isRetryable: false, httpStatus: 413, advice: 'send smaller messages and frames' },
  unknown_clip: { isRetryable: true, httpStatus: 404, advice: 'send the clip again from start' },
  clip_conflict: { isRetryable: false, httpStatus: 409, advice: 'use a new clipId for other content' },
  clip_too_short: { isRetryable: false, httpStatus: 422, advice: 'send at least 0.1 s of audio' },
  clip_too_long: { isRetryable: false, httpStatus: 413, advice: 'split speech before maximumClipMs' },
  audio_not_finite: { isRetryable: false, httpStatus: 422, advice: 'send samples without NaN and infinity' },
  unsupported_sample_rate: { isRetryable: false, httpStatus: 422, advice: 'resample to 16000 Hz' },
  unsupported_encoding: { isRetryable: false, httpStatus: 415, advice: 'use pcm_s16le or pcm_f32le' },
  length_mismatch: { isRetryable: true, httpStatus: 422, advice: 'send the clip again from start with the length that was sent' },
  window_exceeded: { isRetryable: true, httpStatus: 429, advice: 'wait for a final before starting another clip' },
  overloaded: { isRetryable: true, httpStatus: 503, advice: 'try again after retryAfterMs' },
  deadline_exceeded: { isRetryable: true, httpStatus: 503, advice: 'send the clip again after retryAfterMs' },
  decode_failed: { isRetryable: false, httpStatus: 500, advice: 'drop the clip: recognition failed repeatedly on it' },
  internal: { isRetryable: true, httpStatus: 500, advice: 'send the clip again after retryAfterMs' },
  draining: { isRetryable: true, httpStatus: 503, advice: 'connect again after retryAfterMs' },
  ticket_invalid: { isRetryable: true, httpStatus: 401, advice: 'ask for a new session: a ticket is used once and soon expires' },
  origin_not_allowed: { isRetryable: false, httpStatus: 403, advice: 'add the page origin to the allowed origins of the server' },
  rate_limited: { isRetryable: true, httpStatus: 429, advice: 'slow down and try again after retryAfterMs' },
  unsupported_protocol: { isRetryable: false, httpStatus: 400, advice: 'speak asr.v1' },
  session_expired: { isRetryable: true, httpStatus: 410, advice: 'connect without resumeToken and send unfinished clips again' },
} as const satisfies Record<string, ErrorCodeInfo>);

/** A code of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Tells a known error code from any other text: a newer server may send codes that this version does not know. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
