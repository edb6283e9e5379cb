/** Limits of plain HTTP requests, uploads among them. */
export interface HttpOptions {
  /** Time in which the whole body of a request must have come, uploads aside, in milliseconds; then 408. */
  readonly bodyTimeoutMs: number;
  /** Longest silence in the middle of an upload, in milliseconds; noticed at most half as much later, with 408. */
  readonly uploadIdleMs: number;
  /** Longest time for a whole upload, in milliseconds; then 408. */
  readonly uploadTimeoutMs: number;
  /** Silence of a connection after which it is closed, in milliseconds. A request whose recording is being recognized does not count as silent. */
  readonly idleConnectionMs: number;
  /** Time between two signs of life on a streamed transcript, in milliseconds; less than `idleConnectionMs`. */
  readonly heartbeatMs: number;
}

/**
 * Defaults of {@link HttpOptions}. A body that drips: with Node's own limits 500 of 500 half-open handshakes were still there after
 * 25 s; with 5 s, all had gone after 7 s. Proxies commonly give up on a silent answer after 60 s.
 */
export const DEFAULT_HTTP_OPTIONS: HttpOptions = Object.freeze({
  bodyTimeoutMs: 5_000,
  uploadIdleMs: 30_000,
  uploadTimeoutMs: 3_600_000,
  idleConnectionMs: 30_000,
  heartbeatMs: 15_000,
});

/**
 * Fills in the defaults and checks every limit once.
 *
 * @throws RangeError naming the limit and what arrived.
 */
export function httpOptions(given: Partial<HttpOptions> = {}): HttpOptions {
  const options = { ...DEFAULT_HTTP_OPTIONS, ...given };
  for (const [name, value] of Object.entries(options)) {
    if (!(value >= 10 && value <= 86_400_000)) throw new RangeError(`${name} must be 10-86400000, got ${value}`);
  }
  if (options.heartbeatMs >= options.idleConnectionMs) {
    throw new RangeError(`heartbeatMs must be less than idleConnectionMs, got ${options.heartbeatMs} and ${options.idleConnectionMs}`);
  }
  return Object.freeze(options);
}
