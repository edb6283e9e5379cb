/** What a WebSocket close code of `asr.v1` means. */
export interface CloseCodeInfo {
  /** Short name for logs and metrics. */
  readonly name: string;
  /** What happened. */
  readonly meaning: string;
  /** Whether the client connects again by itself (after its backoff, or after `retryAfterMs` of `going_away`). */
  readonly shouldReconnect: boolean;
}

/** Every close code that either end sends. Any other code, such as 1006 for a lost network, means: connect again with backoff. */
export const CLOSE_CODES = Object.freeze({
  1000: { name: 'done', meaning: 'the client is finished', shouldReconnect: false },
  1001: { name: 'going_away', meaning: 'the server drains, or the page is left', shouldReconnect: true },
  1003: { name: 'unsupported_data', meaning: 'the other end speaks another protocol', shouldReconnect: false },
  1007: { name: 'bad_data', meaning: 'a text message was not UTF-8', shouldReconnect: true },
  1008: { name: 'policy', meaning: 'the connection is not allowed', shouldReconnect: false },
  1009: { name: 'too_big', meaning: 'a message was far over the limit', shouldReconnect: true },
  1011: { name: 'internal', meaning: 'the server failed', shouldReconnect: true },
  1013: { name: 'try_later', meaning: 'the server has no room', shouldReconnect: true },
  4400: { name: 'protocol_error', meaning: 'too many bad messages', shouldReconnect: true },
  4401: { name: 'ticket', meaning: 'the ticket is unknown, used or expired', shouldReconnect: true },
  4408: { name: 'timeout', meaning: 'no hello in time, or no traffic', shouldReconnect: true },
  4409: { name: 'replaced', meaning: 'a newer connection took over the session', shouldReconnect: false },
  4429: { name: 'rate', meaning: 'too many messages or bytes', shouldReconnect: true },
} as const satisfies Record<number, CloseCodeInfo>);

/** A code of {@link CLOSE_CODES}. */
export type CloseCode = keyof typeof CLOSE_CODES;

/** Whether a client connects again after a close with this code; unknown codes say yes. */
export function shouldReconnect(code: number): boolean {
  return Object.hasOwn(CLOSE_CODES, code) ? CLOSE_CODES[code as CloseCode].shouldReconnect : true;
}
