import { expect, test } from 'vitest';
import { isSilentClip, validateClip } from '../src/clip-guard.ts';

const limits = { minimumSamples: 1600, maximumSamples: 480_000 };

test('accepts the shortest and the longest clip', () => {
  validateClip(new Float32Array(1600), limits, 0);
  validateClip(new Float32Array(480_000), limits, 0);
});

test('refuses one sample less than the shortest and one more than the longest, and says which clip', () => {
  expect(() => validateClip(new Float32Array(1599), limits, 3)).toThrow(expect.objectContaining({ code: 'clip_too_short', clipIndex: 3 }));
  expect(() => validateClip(new Float32Array(480_001), limits, 0)).toThrow(expect.objectContaining({ code: 'clip_too_long' }));
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses a clip with one sample of %f', (value) => {
  const samples = new Float32Array(1600);
  samples[1599] = value;
  expect(() => validateClip(samples, limits, 0)).toThrow(expect.objectContaining({ code: 'audio_not_finite' }));
});

test('takes digital silence and 16-bit dither for silent, faint speech not', () => {
  expect(isSilentClip(new Float32Array(1600))).toBe(true);
  expect(isSilentClip(Float32Array.from({ length: 1600 }, (_, i) => ((i % 3) - 1) / 32768))).toBe(true);
  const faint = new Float32Array(1600);
  faint[800] = 0.001;
  expect(isSilentClip(faint)).toBe(false);
});
