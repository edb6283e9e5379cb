import { type ClipPolicy, validateClipPolicy } from '@outspoken/audio';

/** Length of a frame of the segmenter, in samples at 16 kHz. */
export const FRAME_SAMPLES = 512;
const SAMPLES_PER_MS = 16;
/** Length of a frame of the segmenter, in milliseconds. */
export const FRAME_MS = FRAME_SAMPLES / SAMPLES_PER_MS;
// Soft first sounds (f, s, h) stay between the two thresholds for a few frames. The bound keeps a long murmur at that level
// from being taken for the start of the speech after it, and with it the memory.
const BACKDATE_FRAMES = 8;
const MAXIMUM_WINDOW_FRAMES = 16;

/** When probabilities are speech. */
export interface SegmenterOptions {
  /** Probability from which a frame can start speech, 0 to 1. */
  readonly onsetProbability: number;
  /** Probability from which a frame counts as voiced once speech is near, 0 to 1; at most the onset probability. */
  readonly offsetProbability: number;
  /** How many frames of the window must reach the onset probability to confirm a start. */
  readonly onsetFrames: number;
  /** Length of that window, in frames of 32 ms; at most 16. */
  readonly onsetWindowFrames: number;
}

/** Silero's own pair of thresholds, and two of three frames against single false frames. */
export const DEFAULT_SEGMENTER_OPTIONS: SegmenterOptions = Object.freeze({
  onsetProbability: 0.5,
  offsetProbability: 0.35,
  onsetFrames: 2,
  onsetWindowFrames: 3,
});

/** Policy and options in the units of the state machine. */
export interface SegmenterLimits extends SegmenterOptions {
  readonly backdateFrames: number;
  readonly preRollSamples: number;
  readonly maybeEndFrames: number;
  readonly hangoverFrames: number;
  readonly tailSamples: number;
  readonly minimumVoicedFrames: number;
  /** Frames after the start of speech in which the minimum voiced time must be gathered. */
  readonly pendingFrames: number;
  readonly maximumSamples: number;
  readonly splitSearchSamples: number;
  readonly splitOverlapSamples: number;
  /** How far behind the end of the newest frame audio that is still to be announced can begin. */
  readonly historySamples: number;
}

/**
 * Validates and converts, once.
 *
 * @throws RangeError naming what must hold and what arrived.
 */
export function resolveSegmenterLimits(policy: ClipPolicy, options: SegmenterOptions): SegmenterLimits {
  validateClipPolicy(policy);
  validateOptions(options);
  const minimumVoicedFrames = toFrames(policy.minimumVoicedMs);
  const hangoverFrames = toFrames(policy.hangoverMs);
  const maybeEndFrames = toFrames(policy.maybeEndMs);
  const pendingFrames = Math.max(minimumVoicedFrames + hangoverFrames, BACKDATE_FRAMES + options.onsetWindowFrames);
  const preRollSamples = toSamples(policy.preRollMs);
  const splitSearchSamples = toSamples(policy.splitSearchMs);
  const splitOverlapSamples = toSamples(policy.splitOverlapMs);
  const maximumSamples = toSamples(policy.maximumMs);
  const startSamples = preRollSamples + (pendingFrames + 1) * FRAME_SAMPLES;
  // When speech goes on after a short pause over the maximum, the split lies this far back.
  const splitSamples = splitSearchSamples + splitOverlapSamples + (maybeEndFrames + 2) * FRAME_SAMPLES;
  if (startSamples > maximumSamples || splitSamples + splitSearchSamples > maximumSamples) {
    const neededMs = Math.ceil(Math.max(startSamples, splitSamples + splitSearchSamples) / SAMPLES_PER_MS);
    throw new RangeError(`maximumMs must be at least ${neededMs} with the rest of this clip policy, got ${policy.maximumMs}`);
  }
  return {
    ...options,
    backdateFrames: BACKDATE_FRAMES,
    preRollSamples,
    maybeEndFrames,
    hangoverFrames,
    tailSamples: toSamples(policy.tailMs),
    minimumVoicedFrames,
    pendingFrames,
    maximumSamples,
    splitSearchSamples,
    splitOverlapSamples,
    historySamples: Math.max(startSamples, splitSamples, (hangoverFrames + 1) * FRAME_SAMPLES + splitOverlapSamples),
  };
}

function validateOptions(options: SegmenterOptions): void {
  const { onsetProbability, offsetProbability, onsetFrames, onsetWindowFrames } = options;
  if (!(offsetProbability > 0 && offsetProbability <= onsetProbability && onsetProbability <= 1)) {
    throw new RangeError(`0 < offsetProbability <= onsetProbability <= 1 must hold, got ${offsetProbability} and ${onsetProbability}`);
  }
  const areFrames = Number.isInteger(onsetFrames) && Number.isInteger(onsetWindowFrames);
  if (!areFrames || onsetFrames < 1 || onsetFrames > onsetWindowFrames || onsetWindowFrames > MAXIMUM_WINDOW_FRAMES) {
    throw new RangeError(
      `integers 1 <= onsetFrames <= onsetWindowFrames <= ${MAXIMUM_WINDOW_FRAMES} must hold, got ${onsetFrames} and ${onsetWindowFrames}`,
    );
  }
}

function toSamples(timeMs: number): number {
  return Math.round(timeMs * SAMPLES_PER_MS);
}

function toFrames(timeMs: number): number {
  return Math.ceil(timeMs / FRAME_MS);
}
