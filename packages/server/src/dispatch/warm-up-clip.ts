import type { ModelInfo } from './dispatcher.ts';

const TONE_HZ = 220;
// About the level of speech; silence would never reach the model.
const TONE_AMPLITUDE = 0.1;

/** One second of a tone: the first clip of a worker pays for memory and caches, so it had better be nobody's. */
export function warmUpClip({ sampleRateHz, minimumSamples, maximumSamples }: ModelInfo): Float32Array {
  const length = Math.min(maximumSamples, Math.max(minimumSamples, sampleRateHz));
  return Float32Array.from({ length }, (_, index) => TONE_AMPLITUDE * Math.sin((2 * Math.PI * TONE_HZ * index) / sampleRateHz));
}
