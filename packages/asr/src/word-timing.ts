/** Place of a word in its clip. */
export interface WordTime {
  /** Start, in milliseconds from the start of the clip. */
  readonly startMs: number;
  /** End, in milliseconds from the start of the clip. */
  readonly endMs: number;
}

const FRAME_MS = 10;
// Speech within 35 dB of the loudest frame counts as voiced; weak consonants lie about 30 dB below the vowels.
const ACTIVE_RANGE_RATIO = 10 ** (-35 / 10);

/**
 * Guesses where words lie, for a model that does not say: the voiced time of the clip, pauses left out, is shared out in
 * proportion to the lengths of the words. The times are ordered, lie inside the clip and never overlap.
 *
 * @param characterCounts - Length of each word, in characters.
 * @param samples - The clip.
 */
export function estimateWordTimes(characterCounts: readonly number[], samples: Float32Array, sampleRateHz: number): WordTime[] {
  const activeFrames = findActiveFrames(samples, Math.round((FRAME_MS * sampleRateHz) / 1000));
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
  return ((activeFrames[validIndex] ?? 0) + Math.min(Math.max(position - validIndex, 0), 1)) * FRAME_MS;
}

function findActiveFrames(samples: Float32Array, frameSamples: number): number[] {
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
  const threshold = powers.reduce((loudest, power) => Math.max(loudest, power), 0) * ACTIVE_RANGE_RATIO;
  return powers.flatMap((power, frame) => (power >= threshold ? [frame] : []));
}
