import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AudioError } from '../src/audio-error.ts';
import { decodePcm, encodePcm, floatToInt16, int16ToFloat, isFiniteAudio, pcmSampleBytes } from '../src/pcm.ts';

const ALL_INT16 = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);

test('gives every 16-bit value back after the way through floats', () => {
  expect(floatToInt16(int16ToFloat(ALL_INT16))).toEqual(ALL_INT16);
  expect(encodePcm(decodePcm(new Uint8Array(ALL_INT16.buffer), 'pcm_s16le'), 'pcm_s16le')).toEqual(new Uint8Array(ALL_INT16.buffer));
});

test('rounds to the nearest value and clamps what is too loud', () => {
  const samples = Float32Array.of(
    0,
    0.4 / 32768,
    0.6 / 32768,
    -0.6 / 32768,
    1,
    2,
    -1,
    -2,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  );
  expect([...floatToInt16(samples)]).toEqual([0, 0, 1, -1, 32767, 32767, -32768, -32768, 32767, -32768]);
  expect(decodePcm(encodePcm(samples, 'pcm_s16le'), 'pcm_s16le')).toEqual(int16ToFloat(floatToInt16(samples)));
});

test('writes a NaN as silence in 16 bits', () => {
  expect([...floatToInt16(Float32Array.of(Number.NaN))]).toEqual([0]);
  expect([...encodePcm(Float32Array.of(Number.NaN), 'pcm_s16le')]).toEqual([0, 0]);
});

test('writes into a target and returns the part that it filled', () => {
  const target = new Int16Array(4).fill(7);
  const written = floatToInt16(Float32Array.of(0.5, -0.5), target);
  expect(written.buffer).toBe(target.buffer);
  expect([...written]).toEqual([16384, -16384]);
  expect([...target]).toEqual([16384, -16384, 7, 7]);
  const exact = new Float32Array(2);
  expect(int16ToFloat(Int16Array.of(16384, -16384), exact)).toBe(exact);
  expect([...exact]).toEqual([0.5, -0.5]);
});

test('refuses a target that is too short', () => {
  expect(() => floatToInt16(new Float32Array(3), new Int16Array(2))).toThrow('target must hold at least 3 samples, got 2');
  expect(() => int16ToFloat(new Int16Array(3), new Float32Array(2))).toThrow(RangeError);
});

test('decodes at every byte alignment what it encoded', () => {
  fc.assert(
    fc.property(fc.float32Array({ maxLength: 50 }), fc.nat(8), (samples, shift) => {
      const encoded = encodePcm(samples, 'pcm_f32le');
      const shifted = new Uint8Array(encoded.length + shift + 3).subarray(shift, shift + encoded.length);
      shifted.set(encoded);
      expect(decodePcm(shifted, 'pcm_f32le')).toEqual(samples);
    }),
    { seed: 20261124 },
  );
});

test('is little endian', () => {
  expect([...decodePcm(Uint8Array.of(0x00, 0x40, 0x01, 0x80), 'pcm_s16le')]).toEqual([0.5, -32767 / 32768]);
  expect([...encodePcm(Float32Array.of(1), 'pcm_f32le')]).toEqual([0, 0, 0x80, 0x3f]);
});

test.each([
  ['pcm_s16le', 3],
  ['pcm_f32le', 6],
] as const)('refuses %s of %i bytes', (encoding, length) => {
  const attempt = (): unknown => decodePcm(new Uint8Array(length), encoding);
  expect(attempt).toThrow(AudioError);
  expect(attempt).toThrow(expect.objectContaining({ code: 'pcm_length' }));
});

test('knows the size of a sample and refuses another encoding', () => {
  expect(pcmSampleBytes('pcm_s16le')).toBe(2);
  expect(pcmSampleBytes('pcm_f32le')).toBe(4);
  expect(() => pcmSampleBytes('opus' as 'pcm_s16le')).toThrow(RangeError);
});

test('finds samples that are not finite', () => {
  expect(isFiniteAudio(Float32Array.of(0, -1, 1e30))).toBe(true);
  expect(isFiniteAudio(new Float32Array(0))).toBe(true);
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    expect(isFiniteAudio(Float32Array.of(0, bad))).toBe(false);
});
