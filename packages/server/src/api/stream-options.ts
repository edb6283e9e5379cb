/** Limits of one socket of the stream API. */
export interface StreamOptions {
  /** How long a socket may wait before its `hello`, in milliseconds. */
  readonly helloTimeoutMs: number;
  /** Time between two heartbeats, in milliseconds; a socket from which no byte came during two of them is ended. */
  readonly heartbeatMs: number;
  /** Bytes that may wait for a client that does not read; beyond it the socket is ended and the session waits to be resumed. */
  readonly maximumBufferedBytes: number;
  /** Mistakes that are answered on one socket before it is closed with 4400. */
  readonly maximumMistakes: number;
  /** Messages in one second, lasting. A talker with 96 ms chunks sends 11. */
  readonly messagesPerSecond: number;
  /** Messages at once: what a full window of the longest clips takes in 96 ms chunks when it is sent again after a drop (8 x 313), and more. */
  readonly messageBurst: number;
  /** Bytes in one second, lasting. One talker sends 32 KiB. */
  readonly bytesPerSecond: number;
  /** Bytes at once: a full window of the longest clips as 32-bit floats (8 x 1.92 MB). */
  readonly byteBurst: number;
}

/** Defaults of {@link StreamOptions}. */
export const DEFAULT_STREAM_OPTIONS: StreamOptions = Object.freeze({
  helloTimeoutMs: 5_000,
  heartbeatMs: 15_000,
  maximumBufferedBytes: 1024 * 1024,
  maximumMistakes: 20,
  messagesPerSecond: 100,
  messageBurst: 4_096,
  bytesPerSecond: 1024 * 1024,
  byteBurst: 16 * 1024 * 1024,
});

/**
 * Fills in the defaults and checks every limit once.
 *
 * @throws RangeError naming the limit and what arrived.
 */
export function streamOptions(given: Partial<StreamOptions> = {}): StreamOptions {
  const options = { ...DEFAULT_STREAM_OPTIONS, ...given };
  for (const [name, value] of Object.entries(options)) {
    if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`${name} must be a positive number, got ${value}`);
  }
  return Object.freeze(options);
}
