import { peakDbfs, resample } from '@outspoken/audio';
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

/** What was done to a clip before it was heard. */
export interface HeardAs {
  /** 1 as it was spoken. */
  readonly speedRatio: number;
  /** Zeros before the clip and behind it, in samples of the clip as it was spoken. */
  readonly paddingSamples: number;
}

/** A clip as it is heard once. */
interface View extends HeardAs {
  readonly samples: Float32Array;
}

/** What a model takes. */
export interface ViewLimits {
  readonly sampleRateHz: number;
  readonly minimumSamples: number;
  readonly maximumSamples: number;
  readonly shortClips?: ShortClips;
  readonly quietClips?: QuietClips;
}

/** Clips that are too short for the model to hear them well, and the zeros on each side that help it. */
export interface ShortClips {
  readonly belowSamples: number;
  readonly paddingSamples: number;
}

/** Clips that are too quiet for the model to hear them well, as amplitudes of which 1 is full scale. */
export interface QuietClips {
  /** Highest sample below which a clip is quiet. */
  readonly belowPeak: number;
  /** Where its highest sample is brought. */
  readonly targetPeak: number;
  /** More would lift the noise of a clip in which next to nothing was said. */
  readonly maximumGain: number;
}

/** How many times an effort may look at a clip. */
export function countRounds(effort: Effort): number {
  return ROUNDS[effort].length;
}

/**
 * A clip as a round of an effort hears it, in the first one first as it was spoken: louder where it is quiet, zeros around it where it is
 * short. Views that a model does not take, being too short or too long, are left out.
 */
export function viewsOf(samples: Float32Array, effort: Effort, round: number, limits: ViewLimits): View[] {
  const { belowSamples = 0, paddingSamples: padding = 0 } = limits.shortClips ?? {};
  const paddingSamples = samples.length < belowSamples ? padding : 0;
  const audible = limits.quietClips ? lift(samples, limits.quietClips) : samples;
  const sound = paddingSamples > 0 ? pad(audible, paddingSamples) : audible;
  return (ROUNDS[effort][round] ?? [])
    .map((speedRatio) => ({ speedRatio, paddingSamples, samples: speedRatio === 1 ? sound : atSpeed(sound, speedRatio, limits) }))
    .filter(
      (view) => view.speedRatio === 1 || (view.samples.length >= limits.minimumSamples && view.samples.length <= limits.maximumSamples),
    );
}

function lift(samples: Float32Array, { belowPeak, targetPeak, maximumGain }: QuietClips): Float32Array {
  const peak = 10 ** (peakDbfs(samples) / 20);
  if (peak === 0 || peak >= belowPeak) return samples;
  const gain = Math.min(targetPeak / peak, maximumGain);
  return samples.map((sample) => sample * gain);
}

function pad(samples: Float32Array, paddingSamples: number): Float32Array {
  const padded = new Float32Array(samples.length + 2 * paddingSamples);
  padded.set(samples, paddingSamples);
  return padded;
}

function atSpeed(samples: Float32Array, speedRatio: number, { sampleRateHz }: ViewLimits): Float32Array {
  return resample(samples, { inputRateHz: Math.round(sampleRateHz * speedRatio), outputRateHz: sampleRateHz });
}
