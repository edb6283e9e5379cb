import { findVoicedFramesOverNoise, VOICED_FRAME_MS } from './voiced-frames.ts';
import { findWordPath } from './word-path.ts';
import type { WordTime } from './word-timing.ts';

/** Where the encoder's frames lie in a clip. */
export interface FrameGrid {
  /** Start of the first frame, in milliseconds from the start of the clip. */
  readonly startMs: number;
  /** Length of a frame, in milliseconds. */
  readonly frameMs: number;
}

/**
 * Finds when words were spoken from what they attended to in the clip. The times are ordered, lie inside the clip and never overlap; where
 * there is a pause, they begin and end with the voice.
 *
 * @param attention - For each word how much it attended to each frame; 1 for a token.
 * @returns undefined when there are fewer frames than words.
 */
export function alignWords(
  attention: readonly Float32Array[],
  grid: FrameGrid,
  { samples, sampleRateHz }: { readonly samples: Float32Array; readonly sampleRateHz: number },
): WordTime[] | undefined {
  const clipMs = (samples.length * 1000) / sampleRateHz;
  const isVoiced = findVoicedFramesOverNoise(samples, sampleRateHz);
  const frames = Math.min(attention[0]?.length ?? 0, Math.max(0, Math.ceil((clipMs - grid.startMs) / grid.frameMs)));
  // What lies before the first frame and behind the last one belongs to them.
  const startOf = (frame: number): number => (frame === 0 ? 0 : frame >= frames ? clipMs : grid.startMs + frame * grid.frameMs);
  const overlapping = (frame: number) => [Math.floor(startOf(frame) / VOICED_FRAME_MS), Math.ceil(startOf(frame + 1) / VOICED_FRAME_MS)];
  const path = findWordPath(
    attention,
    Array.from({ length: frames }, (_, frame) => isVoiced.slice(...overlapping(frame)).includes(true)),
  );
  return path?.map(({ first, last }) => trimToVoice({ startMs: startOf(first), endMs: startOf(last + 1) }, isVoiced));
}

/** A time without the silence at its edges, in whole milliseconds; as it is where all of it is silent. */
function trimToVoice({ startMs, endMs }: WordTime, isVoiced: readonly boolean[]): WordTime {
  const first = Math.floor(startMs / VOICED_FRAME_MS);
  const voiced = isVoiced.slice(first, Math.ceil(endMs / VOICED_FRAME_MS));
  const voicedStart = voiced.indexOf(true);
  if (voicedStart === -1) return { startMs: Math.round(startMs), endMs: Math.round(endMs) };
  return {
    startMs: Math.round(Math.max(startMs, (first + voicedStart) * VOICED_FRAME_MS)),
    endMs: Math.round(Math.min(endMs, (first + voiced.lastIndexOf(true) + 1) * VOICED_FRAME_MS)),
  };
}
