import fc from 'fast-check';
import { expect, test } from 'vitest';
import { floatToInt16, int16ToFloat } from '../src/pcm.ts';
import { readWav } from '../src/wav-reader.ts';
import { writeWav } from '../src/wav-writer.ts';

test('writes the 44 bytes that every program knows', () => {
  const bytes = writeWav([Float32Array.of(0.5, -1)], { sampleRateHz: 16000 });
  const riffAndFormat = '524946462800000057415645666d74201000000001000100803e0000007d000002001000';
  expect(Buffer.from(bytes).toString('hex')).toBe(`${riffAndFormat}646174610400000000400080`);
});

test('writes a float file with a fact chunk', () => {
  const bytes = writeWav([Float32Array.of(1, 0), Float32Array.of(0, -1)], { sampleRateHz: 48000, encoding: 'pcm_f32le' });
  expect(bytes).toHaveLength(58 + 16);
  expect(Buffer.from(bytes.subarray(36, 50)).toString('latin1')).toBe('\0\0fact\x04\0\0\0\x02\0\0\0');
  expect(new DataView(bytes.buffer).getUint32(4, true)).toBe(bytes.length - 8);
});

test('is read back as it was written', () => {
  const channels = fc
    .tuple(fc.integer({ min: 1, max: 8 }), fc.nat(40))
    .chain(([count, length]) =>
      fc.array(fc.float32Array({ minLength: length, maxLength: length }), { minLength: count, maxLength: count }),
    );
  fc.assert(
    fc.property(channels, fc.integer({ min: 1, max: 192000 }), (written, sampleRateHz) => {
      const float = readWav(writeWav(written, { sampleRateHz, encoding: 'pcm_f32le' }));
      expect(float).toEqual({
        sampleRateHz,
        channels: written,
        durationMs: (1000 * written[0]!.length) / sampleRateHz,
        isTruncated: false,
      });
      const integer = readWav(writeWav(written, { sampleRateHz }));
      expect(integer.channels).toEqual(written.map((samples) => int16ToFloat(floatToInt16(samples))));
    }),
    { seed: 20261124 },
  );
});

test.each([
  ['no channel', [], 16000],
  ['nine channels', Array.from({ length: 9 }, () => new Float32Array(1)), 16000],
  ['unequal channels', [new Float32Array(1), new Float32Array(2)], 16000],
  ['a rate of 0', [new Float32Array(1)], 0],
  ['half a hertz', [new Float32Array(1)], 0.5],
  ['a rate that does not fit the header', [new Float32Array(1)], 2 ** 32],
])('refuses %s', (_, channels, sampleRateHz) => {
  expect(() => writeWav(channels, { sampleRateHz })).toThrow(RangeError);
});
