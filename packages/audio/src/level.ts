/**
 * Root-mean-square level in decibels relative to full scale.
 *
 * 0 dBFS is a constant amplitude of 1, so a full-scale sine reads -3.01 dBFS.
 *
 * @returns `-Infinity` for digital silence and for no samples; NaN if a sample is NaN.
 */
export function rmsDbfs(samples: Float32Array): number {
  if (samples.length === 0) return Number.NEGATIVE_INFINITY;
  let energy = 0;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i] ?? 0;
    energy += sample * sample;
  }
  return 10 * Math.log10(energy / samples.length);
}

/**
 * Largest magnitude in decibels relative to full scale (0 dBFS is a magnitude of 1).
 *
 * @returns `-Infinity` for digital silence and for no samples; NaN if a sample is NaN.
 */
export function peakDbfs(samples: Float32Array): number {
  let peak = 0;
  for (let i = 0; i < samples.length; i++) peak = Math.max(peak, Math.abs(samples[i] ?? 0));
  return 20 * Math.log10(peak);
}
