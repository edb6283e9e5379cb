import { resample } from '@outspoken/audio';
import type { Effort } from '../effort.ts';

/**
 * The speeds at which a clip is heard, 1 as it was spoken, round by round: greedy text moves with trifles, in other words each time. Of
 * the ways to make a clip a little different - later, band-limited, louder, with silence behind it - speeds differ most usefully. Another
 * round follows only where the text is not sure yet.
 */
const ROUNDS: Readonly<Record<Effort, readonly (readonly number[])[]>> = {
  fast: [[1]],
  balanced: [[1], [0.94, 1.06]],
  best: [
    [1, 0.94, 1.06],
    [0.89, 1.11],
  ],
};

/** A clip as it is heard once. */
interface View {
  readonly samples: Float32Array;
  /** 1 as it was spoken. */
  readonly speedRatio: number;
}

/** What a model takes. */
export interface ViewLimits {
  readonly sampleRateHz: number;
  readonly minimumSamples: number;
  readonly maximumSamples: number;
}

/** How many times an effort may look at a clip. */
export function countRounds(effort: Effort): number {
  return ROUNDS[effort].length;
}

/**
 * A clip as a round of an effort hears it, in the first one first as it is; views that a model does not take, being too short or too
 * long, are left out.
 */
export function viewsOf(samples: Float32Array, effort: Effort, round: number, limits: ViewLimits): View[] {
  return (ROUNDS[effort][round] ?? [])
    .map((speedRatio) => ({ speedRatio, samples: speedRatio === 1 ? samples : atSpeed(samples, speedRatio, limits) }))
    .filter(
      (view) => view.speedRatio === 1 || (view.samples.length >= limits.minimumSamples && view.samples.length <= limits.maximumSamples),
    );
}

function atSpeed(samples: Float32Array, speedRatio: number, { sampleRateHz }: ViewLimits): Float32Array {
  return resample(samples, { inputRateHz: Math.round(sampleRateHz * speedRatio), outputRateHz: sampleRateHz });
}
