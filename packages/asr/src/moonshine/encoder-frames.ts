import type { HeardTokens } from '../word-assembly.ts';
import type { HeardAs } from './views.ts';

// The convolutions of every Moonshine model: 127 samples every 64, 7 of these every 3, 3 of these every 2. So frame n hears the samples from
// 384 n to 384 n + 894, and is nearest to the 384 in the middle of them.
const FRAME_SAMPLES = 384;
const FIRST_SAMPLE = 255;
const AS_SPOKEN: HeardAs = { speedRatio: 1, paddingSamples: 0 };

/**
 * Where the frames that the encoder made of a clip lie in the clip as it was spoken; those of the zeros before it are left out.
 *
 * @param attention - For each token how much it attended to each frame.
 */
export function framesInClip(
  attention: readonly Float32Array[],
  sampleRateHz: number,
  { speedRatio, paddingSamples }: HeardAs = AS_SPOKEN,
): HeardTokens {
  const msPerSample = (1000 * speedRatio) / sampleRateHz;
  const frameMs = FRAME_SAMPLES * msPerSample;
  const startMs = FIRST_SAMPLE * msPerSample - (1000 * paddingSamples) / sampleRateHz;
  const before = Math.max(0, Math.floor(-startMs / frameMs));
  return {
    attention: before === 0 ? attention : attention.map((frames) => frames.subarray(before)),
    grid: { startMs: startMs + before * frameMs, frameMs },
  };
}
