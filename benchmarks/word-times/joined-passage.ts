import type { Random } from '../support/seeded-random.ts';
import { type Passage, SAMPLES_PER_MS, type TimedWord } from './spoken-words.ts';

/** Some speech from its first to its last sound. */
export interface Part {
  readonly words: readonly string[];
  readonly samples: Float32Array;
}

// Silence around what is joined, as a clip has it that a detector cut, and what fills the gaps: noise 66 dB below full scale.
const MARGIN_MS = 200;
const NOISE_LEVEL = 0.0005 * Math.sqrt(3);
const FADE_SAMPLES = 48;

/** Speech with silence of known lengths between its parts: the times at the gaps are known, and those of parts that are a word. */
export function joinParts(
  about: { readonly kind: string; readonly speaker: string },
  parts: readonly Part[],
  gapsMs: readonly number[],
  random: Random,
): Passage {
  const words: TimedWord[] = [];
  const places: { readonly start: number; readonly part: Part }[] = [];
  let position = MARGIN_MS * SAMPLES_PER_MS;
  for (const [index, part] of parts.entries()) {
    if (index > 0) position += Math.round((gapsMs[index - 1] ?? 0) * SAMPLES_PER_MS);
    places.push({ start: position, part });
    const startMs = position / SAMPLES_PER_MS;
    position += part.samples.length;
    const endMs = position / SAMPLES_PER_MS;
    for (const [place, text] of part.words.entries()) {
      // Where silence begins and ends around a whole sentence is no question.
      const isStart = place === 0 && (part.words.length === 1 || index > 0);
      const isEnd = place === part.words.length - 1 && (part.words.length === 1 || index < parts.length - 1);
      words.push({ text, ...(isStart ? { startMs } : {}), ...(isEnd ? { endMs } : {}) });
    }
  }
  const samples = Float32Array.from({ length: position + MARGIN_MS * SAMPLES_PER_MS }, () => (2 * random() - 1) * NOISE_LEVEL);
  for (const { start, part } of places) addFaded(samples, part.samples, start);
  return { ...about, samples, words };
}

/** A cut through a sound would click. */
function addFaded(target: Float32Array, samples: Float32Array, start: number): void {
  for (const [index, sample] of samples.entries()) {
    const fade = Math.min(1, (index + 1) / FADE_SAMPLES, (samples.length - index) / FADE_SAMPLES);
    target[start + index] = (target[start + index] ?? 0) + sample * fade;
  }
}
