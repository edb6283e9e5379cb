/** What the fake worker does with a clip; the first sample is the index. `hold` waits until the worker is told `test_release`. */
export const BEHAVIOUR = ['echo', 'crash', 'exit', 'wait', 'spin', 'refuse', 'fail', 'hold'] as const;
export type Behaviour = (typeof BEHAVIOUR)[number];

/** A clip on which workers up to the given number behave like this; later ones (the replacements) answer normally. */
export function fakeClip(
  behaviour: Behaviour,
  options: { readonly upToWorker?: number; readonly lengthSamples?: number } = {},
): Float32Array {
  const samples = new Float32Array(options.lengthSamples ?? 1600);
  samples[0] = BEHAVIOUR.indexOf(behaviour);
  samples[1] = options.upToWorker ?? 1_000_000;
  samples[2] = 0.25;
  return samples;
}
