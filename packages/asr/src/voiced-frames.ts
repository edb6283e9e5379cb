/** The step in which speech is told from silence, in milliseconds. */
export const VOICED_FRAME_MS = 10;

/**
 * Which frames of {@link VOICED_FRAME_MS} are voiced: those whose power lies within a range of the loudest one. The last may be shorter.
 *
 * @param rangeDb - How far below the loudest frame speech goes, in decibels.
 */
export function findVoicedFrames(samples: Float32Array, sampleRateHz: number, rangeDb: number): boolean[] {
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
  const threshold = powers.reduce((loudest, power) => Math.max(loudest, power), 0) * 10 ** (-rangeDb / 10);
  return powers.map((power) => power >= threshold);
}
