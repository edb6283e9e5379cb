// Shortest honest advice: a client that comes back sooner only asks again.
const MINIMUM_RETRY_MS = 100;
// Whoever asks again and again must not send the others away for ever.
const MAXIMUM_RETRY_MS = 30_000;

/** Tells clips that are turned away when to come back: one behind the other, or all of them would come at once. */
export class RetryAdvice {
  /** Until when the time that becomes free is promised. */
  #promisedUntilMs = 0;

  /**
   * Advice for one clip, in milliseconds from now.
   *
   * @param waitMs - Time until there could be room for it.
   * @param costMs - Time that it will take then: the next one is told to come after it.
   */
  next({ nowMs, waitMs, costMs }: { readonly nowMs: number; readonly waitMs: number; readonly costMs: number }): number {
    const promisedMs = Math.min(MAXIMUM_RETRY_MS, Math.ceil(this.#promisedUntilMs - nowMs));
    const retryAfterMs = Math.max(retryAfter(waitMs), promisedMs);
    this.#promisedUntilMs = nowMs + retryAfterMs + costMs;
    return retryAfterMs;
  }
}

/** Advice that promises nothing. */
export function retryAfter(waitMs: number): number {
  return Math.max(MINIMUM_RETRY_MS, Math.ceil(waitMs));
}
