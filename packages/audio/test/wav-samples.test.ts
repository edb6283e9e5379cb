import { expect, test } from 'vitest';
import type { WavEncoding } from '../src/wav-format.ts';
import { decodeALaw, decodeMuLaw, deinterleave } from '../src/wav-samples.ts';

function decode(encoding: WavEncoding, channelCount: number, sampleBytes: number, bytes: readonly number[]): number[][] {
  const format = { encoding, channelCount, sampleRateHz: 16000, blockBytes: channelCount * sampleBytes };
  return deinterleave(new DataView(Uint8Array.from(bytes).buffer), format).map((channel) => [...channel]);
}

test('scales integers of every width to -1..1', () => {
  expect(decode('u8', 1, 1, [0, 64, 128, 255])).toEqual([[-1, -0.5, 0, 127 / 128]]);
  expect(decode('s16', 1, 2, [0, 0x80, 0, 0x40, 0xff, 0xff])).toEqual([[-1, 0.5, -1 / 32768]]);
  expect(decode('s24', 1, 3, [0, 0, 0x80, 0, 0, 0x40, 0xff, 0xff, 0xff])).toEqual([[-1, 0.5, -1 / 8388608]]);
  expect(decode('s32', 1, 4, [0, 0, 0, 0x80, 0, 0, 0, 0x40])).toEqual([[-1, 0.5]]);
});

test('passes floats through, NaN and values beyond 1 included', () => {
  const singles = new Uint8Array(Float32Array.of(1.5, Number.NaN, -0.25).buffer);
  const doubles = new Uint8Array(Float64Array.of(1.5, Number.NaN, -0.25).buffer);
  expect(decode('f32', 1, 4, [...singles])).toEqual([[1.5, Number.NaN, -0.25]]);
  expect(decode('f64', 1, 8, [...doubles])).toEqual([[1.5, Number.NaN, -0.25]]);
});

test('separates channels and leaves out a partial block', () => {
  expect(decode('u8', 3, 1, [128, 192, 64, 192, 64, 128, 0, 0])).toEqual([
    [0, 0.5],
    [0.5, -0.5],
    [-0.5, 0],
  ]);
});

test('decodes mu-law to the values of G.711', () => {
  // First and last value of each sign, and the ends of the first two segments.
  expect([0x00, 0x7f, 0x80, 0xff, 0xf0, 0xef, 0x0f].map(decodeMuLaw)).toEqual([-32124, -0, 32124, 0, 120, 132, -16764]);
  for (let byte = 1; byte < 128; byte++) expect(decodeMuLaw(byte)).toBeGreaterThan(decodeMuLaw(byte - 1));
});

test('decodes A-law to the values of G.711', () => {
  expect([0x55, 0xd5, 0x2a, 0xaa, 0x5a, 0x45].map(decodeALaw)).toEqual([-8, 8, -32256, 32256, -248, -264]);
  const values = Array.from({ length: 128 }, (_, code) => decodeALaw((code | 0x80) ^ 0x55));
  for (let code = 1; code < 128; code++) expect(values[code]).toBeGreaterThan(values[code - 1]!);
});
