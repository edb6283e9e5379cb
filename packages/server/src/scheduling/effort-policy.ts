import type { Effort } from '@outspoken/asr';
import type { Lane } from './scheduled-job.ts';

/** What a server spends on a clip: always the same, or `auto`, more where nobody else would wait for it. */
export type EffortSetting = Effort | 'auto';

// Worker time against that of `fast`: two and four encodings, their texts side by side. Measured on two cores of a Xeon, Nov 2026.
const COST_RATIOS: Readonly<Record<Effort, number>> = { fast: 1, balanced: 1.7, best: 3.2 };
/** What `auto` may add until the answer, in milliseconds of work: most of it passes while the end of speech is waited for. */
const AUTO_BUDGET_MS = 400;

/** What is asked of {@link effortOf}. */
export interface EffortQuestion {
  readonly setting: EffortSetting;
  readonly lane: Lane;
  /** Expected work of the clip with `fast`, in milliseconds. */
  readonly fastMs: number;
  /** Whether a worker stays free and nobody waits: only then does `auto` spend more. */
  readonly isIdle: boolean;
}

/**
 * What to spend on a clip. An interim is always `fast`: another one follows. With `auto` so is a clip of a file, since a file keeps
 * every worker busy by itself.
 */
export function effortOf({ setting, lane, fastMs, isIdle }: EffortQuestion): Effort {
  if (lane === 'interim') return 'fast';
  if (setting !== 'auto') return setting;
  if (lane === 'file' || !isIdle) return 'fast';
  for (const effort of ['best', 'balanced'] as const) {
    if (fastMs * COST_RATIOS[effort] <= AUTO_BUDGET_MS) return effort;
  }
  return 'fast';
}
