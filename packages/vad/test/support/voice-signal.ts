const SAMPLE_RATE_HZ = 16_000;
/** Formants of three vowels (a, i, o) with bandwidths of 80 to 120 Hz: textbook values of a male voice. */
const VOWELS_HZ = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [570, 840, 2410],
] as const;

/** A vowel-like sound without any random number: harmonics of a gliding pitch through three formants, in syllables of 180 ms. */
export function voiceSignal(durationMs: number): Float32Array {
  const samples = new Float32Array((durationMs * SAMPLE_RATE_HZ) / 1000);
  let phase = 0;
  for (let i = 0; i < samples.length; i++) {
    const timeS = i / SAMPLE_RATE_HZ;
    const pitchHz = 120 + 25 * Math.sin(2 * Math.PI * 0.9 * timeS) + 4 * Math.sin(2 * Math.PI * 5 * timeS);
    phase += (2 * Math.PI * pitchHz) / SAMPLE_RATE_HZ;
    const syllable = Math.floor(timeS / 0.18);
    const envelope = Math.sin((Math.PI * (timeS - syllable * 0.18)) / 0.18) ** 0.6;
    const formantsHz = VOWELS_HZ[syllable % VOWELS_HZ.length] ?? VOWELS_HZ[0];
    let sum = 0;
    for (let harmonic = 1; harmonic * pitchHz < 4000; harmonic++) {
      const frequencyHz = harmonic * pitchHz;
      let gain = 0;
      for (const [index, formantHz] of formantsHz.entries()) {
        gain += 1 / (1 + ((frequencyHz - formantHz) / (80 + 20 * index)) ** 2) / (1 + index);
      }
      sum += (gain / Math.sqrt(harmonic)) * Math.sin(harmonic * phase);
    }
    samples[i] = 0.25 * envelope * sum;
  }
  return samples;
}

/** The same, with silence before and after. */
export function withSilence(samples: Float32Array, beforeMs: number, afterMs: number): Float32Array {
  const beforeSamples = (beforeMs * SAMPLE_RATE_HZ) / 1000;
  const output = new Float32Array(beforeSamples + samples.length + (afterMs * SAMPLE_RATE_HZ) / 1000);
  output.set(samples, beforeSamples);
  return output;
}
