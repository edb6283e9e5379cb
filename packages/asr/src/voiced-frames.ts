/** The step in which speech is told from silence, in milliseconds. */
export const VOICED_FRAME_MS = 10;

// A tenth of the frames of a clip, at least, lie in the silence that the detector leaves around speech; noise varies by some 3 dB.
const QUIET_SHARE = 0.1;
const NOISE_DB = 3;
const WIDEST_RANGE_DB = 40;
const NARROWEST_RANGE_DB = 20;

/**
 * Which frames of {@link VOICED_FRAME_MS} are voiced: those whose power lies within a range of the loudest one. The last may be shorter.
 *
 * @param rangeDb - How far below the loudest frame speech goes, in decibels.
 */
export function findVoicedFrames(samples: Float32Array, sampleRateHz: number, rangeDb: number): boolean[] {
  const powers = powersOf(samples, sampleRateHz);
  return areAbove(powers, loudestOf(powers) * ratioOf(-rangeDb));
}

/** The same for any clip: all that is louder than its noise, as far as 40 dB and no less than 20 dB below the loudest frame. */
export function findVoicedFramesOverNoise(samples: Float32Array, sampleRateHz: number): boolean[] {
  const powers = powersOf(samples, sampleRateHz);
  const loudest = loudestOf(powers);
  const noise = powers.toSorted((a, b) => a - b)[Math.floor(QUIET_SHARE * powers.length)] ?? 0;
  const threshold = Math.max(noise * ratioOf(NOISE_DB), loudest * ratioOf(-WIDEST_RANGE_DB));
  return areAbove(powers, Math.min(threshold, loudest * ratioOf(-NARROWEST_RANGE_DB)));
}

function powersOf(samples: Float32Array, sampleRateHz: number): number[] {
  const frameSamples = Math.round((VOICED_FRAME_MS * sampleRateHz) / 1000);
  const powers: number[] = [];
  for (let start = 0; start < samples.length; start += frameSamples) {
    const end = Math.min(start + frameSamples, samples.length);
    let power = 0;
    for (let i = start; i < end; i += 1) {
      const sample = samples[i] ?? 0;
      power += sample * sample;
    }
    powers.push(power / (end - start));
  }
  return powers;
}

function loudestOf(powers: readonly number[]): number {
  return powers.reduce((loudest, power) => Math.max(loudest, power), 0);
}

function areAbove(powers: readonly number[], threshold: number): boolean[] {
  return powers.map((power) => power >= threshold);
}

function ratioOf(decibels: number): number {
  return 10 ** (decibels / 10);
}
