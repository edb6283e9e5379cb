import type { Effort } from '@outspoken/asr';

/** What a second look may cost. */
export type RefinementEffort = Exclude<Effort, 'fast'>;

// Worker time against that of `fast` for a doubtful clip: three views, and mostly five. On two cores of a Xeon, Nov 2026.
const INITIAL_RATIOS: Readonly<Record<RefinementEffort, number>> = { balanced: 2, best: 3.2 };
/** The most that is taken if it fits. */
const DEAREST_FIRST = ['best', 'balanced'] as const satisfies readonly RefinementEffort[];
/** Weight of the newest clip: clips of one length differ by a third. */
const SMOOTHING = 0.1;

/** What a second look costs, as a multiple of what `fast` costs: a guess at first, then what was measured. */
export class RefinementCosts {
  readonly #ratios: Record<RefinementEffort, number> = { ...INITIAL_RATIOS };

  /** Expected worker time, in milliseconds, of a clip that takes `fastMs` with `fast`. */
  estimateMs(effort: RefinementEffort, fastMs: number): number {
    return this.#ratios[effort] * fastMs;
  }

  /** The dearest look that will probably be over within this time; none if there is no time for any. All in milliseconds. */
  choose(fastMs: number, withinMs: number): RefinementEffort | undefined {
    return DEAREST_FIRST.find((effort) => this.estimateMs(effort, fastMs) <= withinMs);
  }

  /** Learns from a look that was finished. */
  observe(effort: RefinementEffort, fastMs: number, busyMs: number): void {
    if (!(fastMs > 0 && busyMs >= 0)) return;
    this.#ratios[effort] += SMOOTHING * (busyMs / fastMs - this.#ratios[effort]);
  }

  /** Learns from one that was given up, which says something only if it had taken longer than expected by then. */
  observeUnfinished(effort: RefinementEffort, fastMs: number, spentMs: number): void {
    if (spentMs > this.estimateMs(effort, fastMs)) this.observe(effort, fastMs, spentMs);
  }
}
