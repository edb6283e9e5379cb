import { expect, test } from 'vitest';
import { parseWavFormat } from '../src/wav-format.ts';
import { extensibleFormat, format, view } from './wav-bytes.ts';

const ENCODINGS = [
  [1, 8, 'u8'],
  [1, 16, 's16'],
  [1, 24, 's24'],
  [1, 32, 's32'],
  [3, 32, 'f32'],
  [3, 64, 'f64'],
  [6, 8, 'alaw'],
  [7, 8, 'mulaw'],
] as const;

test.each(ENCODINGS)('reads tag %i with %i bits as %s, plain and extensible', (tag, bitsPerSample, encoding) => {
  const fields = { tag, bitsPerSample, channelCount: 8, sampleRateHz: 44100 };
  const expected = { encoding, channelCount: 8, sampleRateHz: 44100, blockBytes: bitsPerSample };
  expect(parseWavFormat(view(format(fields)))).toEqual(expected);
  expect(parseWavFormat(view(extensibleFormat(fields)))).toEqual(expected);
});

test.each([
  ['a sample rate of 0', { tag: 1, bitsPerSample: 16, sampleRateHz: 0 }],
  ['no channel', { tag: 1, bitsPerSample: 16, channelCount: 0 }],
  ['a block of another size', { tag: 1, bitsPerSample: 16, blockBytes: 3 }],
  ['an empty block', { tag: 1, bitsPerSample: 16, blockBytes: 0 }],
])('refuses %s as invalid', (_, fields) => {
  expect(() => parseWavFormat(view(format(fields)))).toThrow(expect.objectContaining({ code: 'wav_format_invalid' }));
});

test.each([
  ['ADPCM', { tag: 2, bitsPerSample: 4 }],
  ['12 bits', { tag: 1, bitsPerSample: 12 }],
  ['16-bit float', { tag: 3, bitsPerSample: 16 }],
  ['MP3', { tag: 0x55, bitsPerSample: 0 }],
])('refuses %s as not supported', (_, fields) => {
  expect(() => parseWavFormat(view(format(fields)))).toThrow(expect.objectContaining({ code: 'wav_format_unsupported' }));
});

test('refuses nine channels with a code of their own', () => {
  const bytes = format({ tag: 1, bitsPerSample: 16, channelCount: 9 });
  expect(() => parseWavFormat(view(bytes))).toThrow(expect.objectContaining({ code: 'wav_channels' }));
});

test('refuses a format that is cut short', () => {
  const plain = format({ tag: 1, bitsPerSample: 16 });
  const extensible = extensibleFormat({ tag: 1, bitsPerSample: 16 });
  for (const bytes of [plain.subarray(0, 15), extensible.subarray(0, 39)]) {
    expect(() => parseWavFormat(view(bytes))).toThrow(expect.objectContaining({ code: 'wav_format_invalid' }));
  }
});

test('refuses a sub-format that is not a format tag', () => {
  const bytes = extensibleFormat({ tag: 1, bitsPerSample: 16 });
  bytes[39] = 0;
  expect(() => parseWavFormat(view(bytes))).toThrow(expect.objectContaining({ code: 'wav_format_unsupported' }));
});
