import { loadModelFiles } from '@outspoken/models';
import { loadSileroVad, SpeechDetector } from '@outspoken/vad';
import * as runtime from 'onnxruntime-node';
import { progress } from '../support/command-line.ts';
import { cutClips, type DetectedClip } from '../support/dev-data.ts';
import type { Item } from './material.ts';

/** An item as all systems hear it: from a little later on, in one piece and as the product cuts it. */
export interface Said {
  readonly item: Item;
  readonly shiftMs: number;
  /** From where it starts; the detector and the server hear these. */
  readonly samples: Float32Array;
  /** The file in one piece; undefined for what is only cut. */
  readonly whole: Float32Array | undefined;
  readonly cuts: readonly DetectedClip[];
}

const SAMPLES_PER_MS = 16;
const SHORTEST_FILE_SAMPLES = 16_000;
const PROGRESS_INTERVAL_MS = 10_000;

/** Cuts every item with the detector and the policy of the product, once for each shift. */
export async function cutAll(items: readonly Item[], shiftsMs: readonly number[]): Promise<Said[]> {
  const { files } = await loadModelFiles('silero-vad-v6');
  await using model = await loadSileroVad(runtime, files.model);
  const detector = new SpeechDetector({ model });
  const said: Said[] = [];
  let toldAtMs = performance.now();
  for (const shiftMs of shiftsMs) {
    for (const item of items) {
      const samples = item.samples.subarray(shiftMs * SAMPLES_PER_MS);
      const whole = item.isOnlyCut ? undefined : padToOneSecond(samples);
      said.push({ item, shiftMs, samples, whole, cuts: await cutClips(detector, samples) });
      if (performance.now() - toldAtMs > PROGRESS_INTERVAL_MS) {
        toldAtMs = performance.now();
        progress(`cutting: ${said.length} of ${items.length * shiftsMs.length}`);
      }
    }
  }
  return said;
}

/** Zeros after whatever is shorter than a second: so were the files of the baseline decoded, and it changes 8 of 40 digits. */
function padToOneSecond(samples: Float32Array): Float32Array {
  if (samples.length >= SHORTEST_FILE_SAMPLES) return samples;
  const padded = new Float32Array(SHORTEST_FILE_SAMPLES);
  padded.set(samples);
  return padded;
}
