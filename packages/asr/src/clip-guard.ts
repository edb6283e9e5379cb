import { isFiniteAudio, peakDbfs } from '@outspoken/audio';
import { RecognizerError } from './recognizer-error.ts';

/** Lengths of clip that a model takes. */
export interface ClipLimits {
  /** Shortest clip, in samples. */
  readonly minimumSamples: number;
  /** Longest clip, in samples. */
  readonly maximumSamples: number;
}

// Speech normalised to a peak of -60 dBFS is still recognised as well as at -3 dBFS; dither of 16-bit audio peaks at -90 dBFS.
const SILENCE_PEAK_DBFS = -70;

/**
 * Refuses a clip that must not reach a graph: too short crashes the shape inference, too long costs memory without bound, and
 * one sample that is not finite makes every logit NaN, so that the end token never wins and the decoder runs to its cap.
 *
 * @throws {@link RecognizerError} `clip_too_short`, `clip_too_long` or `audio_not_finite`.
 */
export function validateClip(samples: Float32Array, limits: ClipLimits, clipIndex: number): void {
  if (samples.length < limits.minimumSamples) {
    throw new RecognizerError('clip_too_short', `a clip must have at least ${limits.minimumSamples} samples, got ${samples.length}`, {
      clipIndex,
    });
  }
  if (samples.length > limits.maximumSamples) {
    throw new RecognizerError('clip_too_long', `a clip must have at most ${limits.maximumSamples} samples, got ${samples.length}`, {
      clipIndex,
    });
  }
  if (!isFiniteAudio(samples)) {
    throw new RecognizerError('audio_not_finite', 'a clip must hold finite samples only, got NaN or infinity', { clipIndex });
  }
}

/** Whether the loudest sample of a clip is so faint (below -70 dBFS) that nothing can have been said in it. */
export function isSilentClip(samples: Float32Array): boolean {
  return peakDbfs(samples) < SILENCE_PEAK_DBFS;
}
