/** A word of which it is known when it is spoken; an end that is not known is absent. */
export interface TimedWord {
  readonly text: string;
  /** In milliseconds from the start of the passage. */
  readonly startMs?: number;
  readonly endMs?: number;
}

/** Speech with known times. */
export interface Passage {
  readonly kind: string;
  readonly speaker: string;
  /** 16 kHz mono. */
  readonly samples: Float32Array;
  readonly words: readonly TimedWord[];
}

export const SAMPLES_PER_MS = 16;

const FRAME_SAMPLES = 80;
// Where a word of its own begins and ends: 35 dB below its loudest 5 ms, but over the noise of its recording.
const RANGE_RATIO = 10 ** (-35 / 10);
const NOISE_RATIO = 10 ** (10 / 10);
const LEAST_RANGE_RATIO = 10 ** (-25 / 10);
const QUIET_SHARE = 0.05;

/** A recording from the first to the last of its loud frames. */
export function trim(samples: Float32Array): Float32Array {
  const powers = Array.from({ length: Math.floor(samples.length / FRAME_SAMPLES) }, (_, frame) => {
    const values = samples.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES);
    return values.reduce((sum, value) => sum + value * value, 0) / FRAME_SAMPLES;
  });
  const peak = Math.max(...powers);
  const quiet = powers.toSorted((a, b) => a - b)[Math.floor(QUIET_SHARE * powers.length)] ?? 0;
  const threshold = Math.min(Math.max(peak * RANGE_RATIO, quiet * NOISE_RATIO), peak * LEAST_RANGE_RATIO);
  const isLoud = (power: number): boolean => power >= threshold;
  return samples.subarray(powers.findIndex(isLoud) * FRAME_SAMPLES, (powers.findLastIndex(isLoud) + 1) * FRAME_SAMPLES);
}
