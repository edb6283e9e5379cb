import { peakDbfs, resample, rmsDbfs } from '@outspoken/audio';
import type { Treatment } from './variant.ts';

const SAMPLE_RATE_HZ = 16_000;
/** As of BS.1770: blocks of 400 ms each 100 ms; none below the absolute gate counts, nor any so much below the mean of the others. */
const BLOCK_SAMPLES = 6_400;
const STEP_SAMPLES = 1_600;
const ABSOLUTE_GATE_DBFS = -70;
const RELATIVE_GATE_DB = 10;
/** More would lift the noise of a clip in which nothing was said. */
const LARGEST_GAIN_DB = 20;
const LARGEST_PEAK_DBFS = -1;
/** What four times as many samples show of the wave between two samples. */
const OVERSAMPLING = 4;

/** Brings the highest sample of a clip to a level. */
export function toPeak(targetDbfs: number): Treatment {
  return { name: `peak ${targetDbfs}`, apply: (samples) => amplify(samples, targetDbfs - peakDbfs(samples)) };
}

/** Brings the loudness of a clip to a level. */
export function toLoudness(targetDbfs: number): Treatment {
  return { name: `loudness ${targetDbfs}`, apply: (samples) => amplify(samples, targetDbfs - loudnessDbfs(samples)) };
}

/** Level of the blocks in which something is heard; BS.1770 without its filter, which changes speech by a decibel or two. */
function loudnessDbfs(samples: Float32Array): number {
  const levels: number[] = [];
  for (let start = 0; start === 0 || start + BLOCK_SAMPLES <= samples.length; start += STEP_SAMPLES) {
    levels.push(rmsDbfs(samples.subarray(start, start + BLOCK_SAMPLES)));
  }
  const audible = levels.filter((level) => level > ABSOLUTE_GATE_DBFS);
  const gateDbfs = meanLevel(audible) - RELATIVE_GATE_DB;
  return meanLevel(audible.filter((level) => level > gateDbfs));
}

function meanLevel(levels: readonly number[]): number {
  return 10 * Math.log10(levels.reduce((sum, level) => sum + 10 ** (level / 10), 0) / levels.length);
}

/** At most 20 dB either way, and never so much that the wave itself passes -1 dBFS. */
function amplify(samples: Float32Array, wantedDb: number): Float32Array {
  if (!Number.isFinite(wantedDb)) return samples;
  const truePeakDbfs = peakDbfs(resample(samples, { inputRateHz: SAMPLE_RATE_HZ, outputRateHz: OVERSAMPLING * SAMPLE_RATE_HZ }));
  const allowedDb = Math.min(LARGEST_GAIN_DB, LARGEST_PEAK_DBFS - truePeakDbfs);
  const gainRatio = 10 ** (Math.max(-LARGEST_GAIN_DB, Math.min(wantedDb, allowedDb)) / 20);
  return samples.map((sample) => sample * gainRatio);
}
