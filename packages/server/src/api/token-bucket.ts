import type { Clock } from '../session/clock.ts';

/** Options of {@link TokenBucket}. */
export interface TokenBucketOptions {
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Tokens that come back each second. */
  readonly perSecond: number;
  /** Tokens at most, and at first. */
  readonly burst: number;
}

/** Limits a rate while letting bursts through. */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  #tokens: number;
  #filledMs: number;

  constructor(options: TokenBucketOptions) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#filledMs = options.clock.nowMs();
  }

  /** Takes tokens, if there are enough. */
  take(amount: number): boolean {
    const nowMs = this.#options.clock.nowMs();
    this.credit(((nowMs - this.#filledMs) / 1000) * this.#options.perSecond);
    this.#filledMs = nowMs;
    if (amount > this.#tokens) return false;
    this.#tokens -= amount;
    return true;
  }

  /** Gives tokens back, up to the burst. */
  credit(amount: number): void {
    this.#tokens = Math.min(this.#options.burst, this.#tokens + amount);
  }
}
