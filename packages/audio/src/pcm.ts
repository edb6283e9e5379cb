import { AudioError } from './audio-error.ts';

/** How samples are written as bytes: signed 16-bit integers or 32-bit floats, both little endian. */
export type PcmEncoding = 'pcm_s16le' | 'pcm_f32le';

/** Bytes that one sample takes. */
export function pcmSampleBytes(encoding: PcmEncoding): 2 | 4 {
  switch (encoding) {
    case 'pcm_s16le':
      return 2;
    case 'pcm_f32le':
      return 4;
    default:
      encoding satisfies never;
      throw new RangeError(`encoding must be pcm_s16le or pcm_f32le, got ${String(encoding)}`);
  }
}

/**
 * Converts samples in -1..1 to 16-bit integers: times 32768, rounded to the nearest, clamped; a NaN becomes 0.
 *
 * @param target - Written instead of a new array; must hold at least `samples.length`.
 * @returns The converted samples; with a longer target, a view of its first part.
 * @throws RangeError if the target is too short.
 */
export function floatToInt16(samples: Float32Array, target?: Int16Array): Int16Array {
  const output = fitTarget(samples.length, target) ?? new Int16Array(samples.length);
  for (let i = 0; i < output.length; i++) output[i] = quantise(samples[i] ?? 0);
  return output;
}

/**
 * Converts 16-bit integers to samples in -1..1, divided by 32768, so that {@link floatToInt16} gives the same integers back.
 *
 * @param target - Written instead of a new array; must hold at least `samples.length`.
 * @returns The converted samples; with a longer target, a view of its first part.
 * @throws RangeError if the target is too short.
 */
export function int16ToFloat(samples: Int16Array, target?: Float32Array): Float32Array {
  const output = fitTarget(samples.length, target) ?? new Float32Array(samples.length);
  for (let i = 0; i < output.length; i++) output[i] = (samples[i] ?? 0) / 32768;
  return output;
}

/**
 * Reads little-endian PCM bytes at any byte alignment.
 *
 * Floats are passed through as they are, NaN included: see {@link isFiniteAudio}.
 *
 * @throws AudioError `pcm_length` if the bytes do not hold a whole number of samples.
 */
export function decodePcm(bytes: Uint8Array, encoding: PcmEncoding): Float32Array<ArrayBuffer> {
  const sampleBytes = pcmSampleBytes(encoding);
  if (bytes.length % sampleBytes !== 0) {
    throw new AudioError('pcm_length', `${encoding} must have a multiple of ${sampleBytes} bytes, got ${bytes.length}`);
  }
  // A DataView reads little endian on every host and at every alignment; a typed array view does neither.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Float32Array(bytes.length / sampleBytes);
  if (encoding === 'pcm_s16le') {
    for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(2 * i, true) / 32768;
  } else {
    for (let i = 0; i < samples.length; i++) samples[i] = view.getFloat32(4 * i, true);
  }
  return samples;
}

/** Writes samples as little-endian PCM bytes; 16-bit integers are rounded and clamped as {@link floatToInt16} does. */
export function encodePcm(samples: Float32Array, encoding: PcmEncoding): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(samples.length * pcmSampleBytes(encoding));
  const view = new DataView(bytes.buffer);
  if (encoding === 'pcm_s16le') {
    for (let i = 0; i < samples.length; i++) view.setInt16(2 * i, quantise(samples[i] ?? 0), true);
  } else {
    for (let i = 0; i < samples.length; i++) view.setFloat32(4 * i, samples[i] ?? 0, true);
  }
  return bytes;
}

/** Whether no sample is NaN or infinite; anything else poisons a filter or a model. */
export function isFiniteAudio(samples: Float32Array): boolean {
  for (let i = 0; i < samples.length; i++) {
    if (!Number.isFinite(samples[i])) return false;
  }
  return true;
}

function quantise(sample: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(sample * 32768)));
}

function fitTarget<T extends Int16Array | Float32Array>(length: number, target: T | undefined): T | undefined {
  if (target === undefined || target.length === length) return target;
  if (target.length < length) throw new RangeError(`target must hold at least ${length} samples, got ${target.length}`);
  return target.subarray(0, length) as T; // subarray of T is a T; the type library does not say so
}
