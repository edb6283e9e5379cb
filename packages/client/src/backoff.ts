/** How long to wait between attempts. */
export interface BackoffOptions {
  /** Upper end of the first wait, in milliseconds; it doubles with each attempt. @defaultValue 500 */
  readonly baseMs: number;
  /** Upper end of any wait, in milliseconds. @defaultValue 30000 */
  readonly maxMs: number;
}

/**
 * A random wait before attempt `attempt + 1`, with full jitter: uniform from 0 to the doubled base, so that many clients that lost
 * the same server do not return together (AWS Architecture Blog, "Exponential Backoff And Jitter").
 *
 * @param attempt Attempts that failed before this wait, from 0.
 */
export function backoffDelayMs(attempt: number, options: BackoffOptions, random: () => number): number {
  return random() * Math.min(options.maxMs, options.baseMs * 2 ** Math.min(attempt, 30));
}
