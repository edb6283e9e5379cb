import type { Effort } from '@outspoken/asr';
import type { Lane } from './scheduled-job.ts';

/**
 * What a server spends on a clip: always the same, or `auto`, `fast` for the text that somebody waits for and more on a second look at
 * it, see `Refinements`.
 */
export type EffortSetting = Effort | 'auto';

/** What to spend on a clip of a lane. An interim is always `fast`: another one follows. */
export function effortOf(setting: EffortSetting, lane: Lane): Effort {
  return lane === 'interim' || setting === 'auto' ? 'fast' : setting;
}
