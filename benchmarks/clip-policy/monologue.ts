import type { Item } from '../accuracy/material.ts';
import type { Source } from './source.ts';

/** Slice of what is made here. */
export const MONOLOGUE = 'monologue';
const FRAME_SAMPLES = 512;
/** From here on a frame counts as voiced, as for the segmenter. */
const VOICED_PROBABILITY = 0.35;
/** As short as the pauses between the words of somebody who does not stop: less than what the server takes for a possible end. */
const LONGEST_PAUSE_FRAMES = 5;
const FEWEST_SENTENCES = 4;

/**
 * The sentences of each speaker, one after the other without a pause longer than 160 ms: speech that only the longest clip can cut.
 *
 * Silence is left out in its middle, so that the first and the last sound of every word stay as they were. Each speaker says them twice,
 * in either order, so that there are more places to split at.
 */
export function joinSentences(sources: readonly Source[]): Item[] {
  const bySpeaker = new Map<string, Source[]>();
  for (const source of sources) {
    const { group, speaker } = source.item;
    if (group === 'sentences' && speaker !== undefined) bySpeaker.set(speaker, [...(bySpeaker.get(speaker) ?? []), source]);
  }
  return [...bySpeaker]
    .filter(([, sentences]) => sentences.length >= FEWEST_SENTENCES)
    .flatMap(([speaker, sentences]) => [
      monologueOf(speaker, sentences, 'forwards'),
      monologueOf(speaker, sentences.toReversed(), 'backwards'),
    ]);
}

function monologueOf(speaker: string, sentences: readonly Source[], order: string): Item {
  return {
    id: `monologue of ${speaker}, ${order}`,
    group: 'long',
    slice: MONOLOGUE,
    speaker,
    text: sentences.map(({ item }) => item.text ?? '').join(' '),
    phrases: [],
    samples: concatenate(sentences.map(withoutPauses)),
    isOnlyCut: true,
  };
}

/** The same sentences in files of their own: what they cost without a cut. */
export function sentencesOf(monologues: readonly Item[], sources: readonly Source[]): Source[] {
  const speakers = new Set(monologues.map(({ speaker }) => speaker));
  return sources.filter(({ item }) => item.group === 'sentences' && speakers.has(item.speaker));
}

function withoutPauses({ samples, probabilities }: Source): Float32Array {
  const parts: Float32Array[] = [];
  let startFrame = 0;
  for (const pause of pausesOf(probabilities)) {
    const excessFrames = pause.endFrame - pause.startFrame - LONGEST_PAUSE_FRAMES;
    if (excessFrames <= 0) continue;
    // The silence before the first word and after the last one makes a pause with that of the neighbour.
    const isEdge = pause.startFrame === 0 || pause.endFrame === probabilities.length;
    const keptBefore = pause.startFrame === 0 ? 0 : Math.floor(LONGEST_PAUSE_FRAMES / 2);
    const keptAfter = isEdge ? (pause.startFrame === 0 ? Math.floor(LONGEST_PAUSE_FRAMES / 2) : 0) : LONGEST_PAUSE_FRAMES - keptBefore;
    parts.push(framesOf(samples, startFrame, pause.startFrame + keptBefore));
    startFrame = pause.endFrame - keptAfter;
  }
  parts.push(framesOf(samples, startFrame, probabilities.length));
  return concatenate(parts);
}

function pausesOf(probabilities: readonly number[]): { readonly startFrame: number; readonly endFrame: number }[] {
  const pauses = [];
  let startFrame = 0;
  for (let frame = 0; frame <= probabilities.length; frame += 1) {
    const isSilent = frame < probabilities.length && (probabilities[frame] ?? 0) < VOICED_PROBABILITY;
    if (isSilent) continue;
    if (frame > startFrame) pauses.push({ startFrame, endFrame: frame });
    startFrame = frame + 1;
  }
  return pauses;
}

function framesOf(samples: Float32Array, startFrame: number, endFrame: number): Float32Array {
  return samples.subarray(startFrame * FRAME_SAMPLES, endFrame * FRAME_SAMPLES);
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const samples = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    samples.set(part, offset);
    offset += part.length;
  }
  return samples;
}
