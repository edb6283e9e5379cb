/**
 * Splits the time of a batch among its clips: whatever runs at a moment shares it by length. The parts add up to the whole, and each is
 * known as soon as its clip has ended.
 */
export class BusyShare {
  readonly #now: () => number;
  readonly #lengths: readonly number[];
  readonly #busyMs: number[];
  readonly #running: Set<number>;
  #lastAtMs: number;

  /**
   * @param lengths - Length of each clip, in any unit, above 0.
   * @param now - Monotonic clock in milliseconds.
   */
  constructor(lengths: readonly number[], now: () => number) {
    this.#now = now;
    this.#lengths = lengths;
    this.#busyMs = lengths.map(() => 0);
    this.#running = new Set(lengths.keys());
    this.#lastAtMs = now();
  }

  /** A clip has ended. Returns its part of the time since the start, in milliseconds. */
  finish(index: number): number {
    const nowMs = this.#now();
    const elapsedMs = nowMs - this.#lastAtMs;
    this.#lastAtMs = nowMs;
    let totalLength = 0;
    for (const running of this.#running) totalLength += this.#lengths[running] ?? 0;
    for (const running of this.#running) {
      this.#busyMs[running] = (this.#busyMs[running] ?? 0) + (elapsedMs * (this.#lengths[running] ?? 0)) / Math.max(totalLength, 1);
    }
    this.#running.delete(index);
    return this.#busyMs[index] ?? 0;
  }
}
