/** Share of the slots that were busy over the last seconds, from 0 to 1: an exponentially weighted mean over time. */
export class SlotLoad {
  readonly #windowMs: number;
  #atMs: number;
  #mean = 0;
  #ratio = 0;

  /**
   * @param windowMs - Time after which a past state counts for a third.
   * @param nowMs - From when on the slots were idle.
   */
  constructor(windowMs: number, nowMs: number) {
    this.#windowMs = windowMs;
    this.#atMs = nowMs;
  }

  /** From now on this many of the slots are busy. */
  note(busySlots: number, slots: number, nowMs: number): void {
    this.#mean = this.meanRatio(nowMs);
    this.#atMs = nowMs;
    this.#ratio = Math.min(1, busySlots / Math.max(1, slots));
  }

  /** The mean up to now. */
  meanRatio(nowMs: number): number {
    const past = Math.exp(-Math.max(0, nowMs - this.#atMs) / this.#windowMs);
    return past * this.#mean + (1 - past) * this.#ratio;
  }
}
