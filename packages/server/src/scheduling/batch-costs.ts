import type { CostModel } from './cost-model.ts';

/** Side by side must be this much cheaper per audio than alone: all clips of a batch end late, which must be worth something. */
const WORTHWHILE_RATIO = 0.95;
/** One batch in so many has another size than the cheapest, to see whether it still is. */
const TRIAL_EVERY = 16;
/** The same while there are sizes that nobody knows anything about. */
const FIRST_TRIAL_EVERY = 4;
/** Weight of the newest clip: so small that sizes which differ by a tenth are told apart although clips differ by more. */
const SMOOTHING = 0.05;

/** What is known of one size: means over its clips, in milliseconds. The first clips count equally, as if nothing had been known. */
interface Size {
  clips: number;
  audioMs: number;
  busyMs: number;
  /** When it was last chosen, in choices. */
  chosenAt: number;
}

/**
 * What clips cost side by side, by the size of the batch. Only batches that were chosen while enough clips waited are compared: the
 * same clip costs more when all cores are busy, and only the size of one occurs when they are not.
 */
export class BatchCosts {
  readonly #sizes = new Map<number, Size>();
  #choices = 0;

  /** Learns what a clip cost in a batch of this size, both in milliseconds. */
  observe(batchSize: number, audioMs: number, busyMs: number): void {
    const size = this.#sizes.get(batchSize);
    if (size === undefined || !(audioMs > 0 && busyMs >= 0)) return;
    size.clips += 1;
    const weight = Math.max(SMOOTHING, 1 / size.clips);
    size.audioMs += weight * (audioMs - size.audioMs);
    size.busyMs += weight * (busyMs - size.busyMs);
  }

  /**
   * How many clips to decode side by side.
   *
   * @param most - Clips there are, or fewer if a batch may not be larger.
   */
  choose(most: number): number {
    if (most <= 1) return 1;
    this.#choices += 1;
    const size = this.#trial(most) ?? this.#cheapest(most);
    const known = this.#sizes.get(size);
    if (known) known.chosenAt = this.#choices;
    else this.#sizes.set(size, { clips: 0, audioMs: 0, busyMs: 0, chosenAt: this.#choices });
    return size;
  }

  /**
   * Expected worker time of a batch, in milliseconds.
   *
   * @param alone - What is known of the cost of clips in general: a size that is new is taken to save nothing.
   */
  estimateMs(batchSize: number, audioMs: number, alone: CostModel): number {
    const ratio = this.#ratio(batchSize);
    return ratio === undefined ? alone.estimateMs(audioMs) : ratio * audioMs;
  }

  /** The size that was not chosen for the longest time, if it is time to try one. */
  #trial(most: number): number | undefined {
    const sizes = Array.from({ length: most }, (_, index) => index + 1);
    const isKnown = sizes.every((size) => this.#sizes.has(size));
    if (this.#choices % (isKnown ? TRIAL_EVERY : FIRST_TRIAL_EVERY) !== 0) return undefined;
    return sizes.reduce((oldest, size) => (this.#chosenAt(size) < this.#chosenAt(oldest) ? size : oldest));
  }

  #chosenAt(size: number): number {
    return this.#sizes.get(size)?.chosenAt ?? 0;
  }

  #cheapest(most: number): number {
    let best = 1;
    let least = (this.#ratio(1) ?? 0) * WORTHWHILE_RATIO;
    for (let size = 2; size <= most; size += 1) {
      const ratio = this.#ratio(size) ?? Number.POSITIVE_INFINITY;
      if (ratio < least) {
        best = size;
        least = ratio;
      }
    }
    return best;
  }

  /** Worker time per audio time. */
  #ratio(batchSize: number): number | undefined {
    const size = this.#sizes.get(batchSize);
    return size !== undefined && size.clips > 0 ? size.busyMs / size.audioMs : undefined;
  }
}
