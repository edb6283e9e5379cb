/** Options of {@link CostModel}. */
export interface CostModelOptions {
  /**
   * Assumed worker time per audio time before the first measurement, a ratio. Moonshine Tiny takes about 0.03 on a core of its
   * own and took 0.13 on two cores shared by six busy programs (Nov 2026); a start in between is corrected within a few clips.
   */
  readonly initialCostRatio: number;
  /** Weight of the newest clip, above 0 and up to 1. */
  readonly smoothing: number;
}

const DEFAULT_COST_MODEL_OPTIONS: CostModelOptions = Object.freeze({ initialCostRatio: 0.05, smoothing: 0.1 });

// The weight that the initial guess has, as if this much audio had been measured.
const INITIAL_AUDIO_MS = 2000;

/**
 * How long a clip will take, from its length: an exponentially weighted mean of worker time over one of audio time.
 * The ratio of two means, not the mean of ratios, so that a very short clip (mostly fixed cost) does not count like a long one.
 */
export class CostModel {
  readonly #smoothing: number;
  #busyMs: number;
  #audioMs = INITIAL_AUDIO_MS;
  #batchSize = 1;

  constructor(options: CostModelOptions = DEFAULT_COST_MODEL_OPTIONS) {
    if (!(options.initialCostRatio > 0)) {
      throw new RangeError(`initialCostRatio must be above 0, got ${options.initialCostRatio}`);
    }
    if (!(options.smoothing > 0 && options.smoothing <= 1)) {
      throw new RangeError(`smoothing must be above 0 and at most 1, got ${options.smoothing}`);
    }
    this.#smoothing = options.smoothing;
    this.#busyMs = options.initialCostRatio * INITIAL_AUDIO_MS;
  }

  /** Learns from one recognized clip: its share of the worker time of its batch. */
  observe(audioMs: number, busyMs: number, batchSize = 1): void {
    if (!(audioMs > 0 && busyMs >= 0 && Number.isFinite(audioMs + busyMs))) {
      return;
    }
    this.#audioMs += this.#smoothing * (audioMs - this.#audioMs);
    this.#busyMs += this.#smoothing * (busyMs - this.#busyMs);
    this.#batchSize += this.#smoothing * (batchSize - this.#batchSize);
  }

  /** Expected worker time for this much audio, both in milliseconds. */
  estimateMs(audioMs: number): number {
    return (audioMs * this.#busyMs) / this.#audioMs;
  }

  /** Expected time from the beginning of a clip of this length to its end, the clips beside it included, in milliseconds. */
  estimateSpanMs(audioMs: number): number {
    return this.estimateMs(audioMs) * this.#batchSize;
  }
}
