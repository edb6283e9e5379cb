import { findVoicedFrames, VOICED_FRAME_MS } from './voiced-frames.ts';

/** Place of a word in its clip. */
export interface WordTime {
  /** Start, in milliseconds from the start of the clip. */
  readonly startMs: number;
  /** End, in milliseconds from the start of the clip. */
  readonly endMs: number;
}

// Weak consonants lie about 30 dB below the vowels.
const ACTIVE_RANGE_DB = 35;

/**
 * Guesses where words lie, for a model that does not say: the voiced time of the clip, pauses left out, is shared out in
 * proportion to the lengths of the words. The times are ordered, lie inside the clip and never overlap.
 *
 * @param characterCounts - Length of each word, in characters.
 * @param samples - The clip.
 */
export function estimateWordTimes(characterCounts: readonly number[], samples: Float32Array, sampleRateHz: number): WordTime[] {
  const activeFrames = [...findVoicedFrames(samples, sampleRateHz, ACTIVE_RANGE_DB).entries()].flatMap(([frame, isVoiced]) =>
    isVoiced ? [frame] : [],
  );
  const clipMs = (samples.length * 1000) / sampleRateHz;
  const totalCharacters = characterCounts.reduce((sum, count) => sum + count, 0);
  let charactersBefore = 0;
  return characterCounts.map((count) => {
    const start = (charactersBefore / totalCharacters) * activeFrames.length;
    charactersBefore += count;
    const end = (charactersBefore / totalCharacters) * activeFrames.length;
    const startMs = Math.min(clipMs, timeInFrameMs(activeFrames, start, Math.floor(start)));
    // An end that falls on the edge of a frame belongs to the frame before it: a pause that follows is no part of the word.
    const endMs = Math.min(clipMs, timeInFrameMs(activeFrames, end, Math.ceil(end) - 1));
    return { startMs: Math.round(startMs), endMs: Math.round(Math.max(startMs, endMs)) };
  });
}

/** Time of a fractional position among the active frames, which lies in or at the edge of the active frame `index`. */
function timeInFrameMs(activeFrames: readonly number[], position: number, index: number): number {
  const validIndex = Math.min(Math.max(index, 0), activeFrames.length - 1);
  return ((activeFrames[validIndex] ?? 0) + Math.min(Math.max(position - validIndex, 0), 1)) * VOICED_FRAME_MS;
}
