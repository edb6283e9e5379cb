import { expect, test } from 'vitest';
import { flacChecksum16, parseFlacFrameHeader, parseFlacStreamInfo } from '../src/flac-header.ts';
import { EXAMPLE_1, EXAMPLE_3, header } from './support/flac-files.ts';

const INFO = { maximumBlockSamples: 4096, sampleRateHz: 44_100, channelCount: 2, bitsPerSample: 16, totalSamples: 1 };
const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

test('the stream of RFC 9639, D.1, is described', () => {
  expect(parseFlacStreamInfo(EXAMPLE_1.subarray(8, 42))).toEqual(INFO);
});

test('the stream of RFC 9639, D.3, is described', () => {
  expect(parseFlacStreamInfo(EXAMPLE_3.subarray(8, 42))).toEqual({
    maximumBlockSamples: 4096,
    sampleRateHz: 32_000,
    channelCount: 1,
    bitsPerSample: 8,
    totalSamples: 24,
  });
});

test('the widest fields do not run into each other', () => {
  const bytes = new Uint8Array(34).fill(0xff);
  expect(parseFlacStreamInfo(bytes)).toEqual({
    maximumBlockSamples: 65_535,
    sampleRateHz: 1_048_575,
    channelCount: 8,
    bitsPerSample: 32,
    totalSamples: 2 ** 36 - 1,
  });
});

test('the header of RFC 9639, D.1, is read', () => {
  expect(parseFlacFrameHeader(EXAMPLE_1, 42, INFO)).toEqual({
    headerBytes: 7,
    blockSamples: 1,
    assignment: 1,
    channelCount: 2,
    bitsPerSample: 16,
    startSample: 0,
  });
});

// Block size (RFC 9639, 9.1.1): a code, or 8 or 16 bits behind the number.
test.each([
  ['192', [0x10], [], 192],
  ['576', [0x20], [], 576],
  ['4608', [0x50], [], 4608],
  ['256 in 8 bits', [0x60], [255], 256],
  ['65536 in 16 bits', [0x70], [255, 255], 65_536],
  ['256', [0x80], [], 256],
  ['32768', [0xf0], [], 32_768],
])('a block of %s samples', (_, sizes, behind, blockSamples) => {
  expect(parseFlacFrameHeader(header(0xff, 0xf8, ...sizes, 0x10, 0, ...behind), 0, INFO)).toMatchObject({ blockSamples });
});

test.each([
  ['of the stream', 0, [], 44_100],
  ['by its code', 4, [], 8000],
  ['in kHz', 12, [48], 48_000],
  ['in Hz', 13, [0xac, 0x44], 44_100],
  ['in tens of Hz', 14, [0x11, 0x3a], 44_100],
])('a rate %s', (_, code, behind, sampleRateHz) => {
  const bytes = header(0xff, 0xf8, 0xc0 | code, 0x10, 0, ...behind);
  expect(parseFlacFrameHeader(bytes, 0, { ...INFO, sampleRateHz })).toMatchObject({ headerBytes: bytes.length });
  expect(parseFlacFrameHeader(bytes, 0, { ...INFO, sampleRateHz: 11_025 }) === undefined).toBe(code !== 0);
});

// Numbers are written as UTF-8 writes characters, up to 36 bits (RFC 9639, 9.1.5).
test.each([
  [0x7f, [0x7f]],
  [0x80, [0xc2, 0x80]],
  [0x7ff, [0xdf, 0xbf]],
  [0x20ac, [0xe2, 0x82, 0xac]],
  [0x1f600, [0xf0, 0x9f, 0x98, 0x80]],
  [2 ** 31 - 1, [0xfd, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf]],
  [2 ** 36 - 1, [0xfe, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf]],
])('number %i counts blocks, or samples where blocks vary', (number, coded) => {
  expect(parseFlacFrameHeader(header(0xff, 0xf8, 0xc0, 0x10, ...coded), 0, INFO)).toMatchObject({ startSample: number * 4096 });
  expect(parseFlacFrameHeader(header(0xff, 0xf9, 0xc0, 0x10, ...coded), 0, INFO)).toMatchObject({ startSample: number });
});

test.each([
  ['another sync code', [0xff, 0xfa, 0xc0, 0x10, 0]],
  ['a reserved block size', [0xff, 0xf8, 0x00, 0x10, 0]],
  ['a forbidden rate', [0xff, 0xf8, 0xcf, 0x10, 0]],
  ['a reserved assignment', [0xff, 0xf8, 0xc0, 0xb0, 0]],
  ['a reserved width', [0xff, 0xf8, 0xc0, 0x16, 0]],
  ['the reserved bit', [0xff, 0xf8, 0xc0, 0x11, 0]],
  ['other channels than the stream', [0xff, 0xf8, 0xc0, 0x00, 0]],
  ['a number that begins in its middle', [0xff, 0xf8, 0xc0, 0x10, 0x80]],
  ['a number of eight bytes', [0xff, 0xf8, 0xc0, 0x10, 0xff, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf, 0xbf]],
  ['a number that breaks off', [0xff, 0xf8, 0xc0, 0x10, 0xc2, 0x00]],
])('a header with %s is none', (_, bytes) => {
  expect(parseFlacFrameHeader(header(...bytes), 0, INFO)).toBeUndefined();
});

test('a header whose checksum is wrong or missing is none', () => {
  const bytes = header(0xff, 0xf8, 0xc0, 0x10, 5);
  expect(parseFlacFrameHeader(bytes, 0, INFO)).toBeDefined();
  expect(parseFlacFrameHeader(bytes.subarray(0, -1), 0, INFO)).toBeUndefined();
  bytes[4] = 4;
  expect(parseFlacFrameHeader(bytes, 0, INFO)).toBeUndefined();
});

test('the checksum of 16 bits is the one that tables call UMTS', () => {
  expect(flacChecksum16(ascii('123456789'))).toBe(0xfee8);
  expect(flacChecksum16(EXAMPLE_1.subarray(42))).toBe(0);
});
