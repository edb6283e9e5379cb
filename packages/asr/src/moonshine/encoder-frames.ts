import type { FrameGrid } from '../word-alignment.ts';

// The convolutions of every Moonshine model: 127 samples every 64, 7 of these every 3, 3 of these every 2. So frame n hears the samples from
// 384 n to 384 n + 894, and is nearest to the 384 in the middle of them.
const FRAME_SAMPLES = 384;
const FIRST_SAMPLE = 255;

/**
 * Where the frames that the encoder makes of a clip lie in it.
 *
 * @param speedRatio - Speed at which the encoder heard the clip, 1 as it was spoken.
 */
export function frameGridOf(speedRatio: number, sampleRateHz: number): FrameGrid {
  const msPerSample = (1000 * speedRatio) / sampleRateHz;
  return { startMs: FIRST_SAMPLE * msPerSample, frameMs: FRAME_SAMPLES * msPerSample };
}
