import { resample } from '@outspoken/audio';

const SAMPLE_RATE_HZ = 16_000;
const SAMPLES_PER_MS = 16;

/** A way to hear a clip a little differently. */
export interface ViewSound {
  readonly name: string;
  readonly change: (samples: Float32Array) => Float32Array;
}

/** The ways that were tried, the clip as it is first. */
export const VIEW_SOUNDS: readonly ViewSound[] = [
  { name: 'plain', change: (samples) => samples },
  ...[0.89, 0.94, 1.06, 1.11].map((speedRatio) => ({
    name: `x${speedRatio}`,
    change: (samples: Float32Array) => atSpeed(samples, speedRatio),
  })),
  { name: '10 ms later', change: (samples) => samples.subarray(10 * SAMPLES_PER_MS) },
  { name: '5.5 kHz', change: (samples) => upTo(samples, 5_512) },
  { name: '-3 dBFS', change: (samples) => withPeak(samples, -3) },
  { name: '100 ms more', change: (samples) => Float32Array.from([...samples, ...new Float32Array(100 * SAMPLES_PER_MS)]) },
];

function atSpeed(samples: Float32Array, speedRatio: number): Float32Array {
  return resample(samples, { inputRateHz: Math.round(SAMPLE_RATE_HZ * speedRatio), outputRateHz: SAMPLE_RATE_HZ });
}

/** Without what lies above a frequency. */
function upTo(samples: Float32Array, frequencyHz: number): Float32Array {
  const lower = resample(samples, { inputRateHz: SAMPLE_RATE_HZ, outputRateHz: 2 * frequencyHz });
  return resample(lower, { inputRateHz: 2 * frequencyHz, outputRateHz: SAMPLE_RATE_HZ });
}

function withPeak(samples: Float32Array, peakDbfs: number): Float32Array {
  const peak = samples.reduce((largest, sample) => Math.max(largest, Math.abs(sample)), 0);
  const gain = peak > 0 ? 10 ** (peakDbfs / 20) / peak : 1;
  return samples.map((sample) => sample * gain);
}
