import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ebmlEndByte } from '../src/ebml-size.ts';
import { encode, temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();

/** A file with an empty header, and a segment whose size is written in these bytes. */
function head(...size: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(40);
  bytes.set([0x1a, 0x45, 0xdf, 0xa3, 0x80, 0x18, 0x53, 0x80, 0x67, ...size]);
  return bytes;
}

test('a real file ends where it says', async () => {
  const bytes = await encode(join(folder, 'a.webm'), []);
  expect(ebmlEndByte(bytes.subarray(0, 4096))).toBe(bytes.length);
});

test('a file that was written as a stream does not say', async () => {
  const bytes = await encode(join(folder, 'live.webm'), ['-live', '1']);
  expect(ebmlEndByte(bytes.subarray(0, 4096))).toBeUndefined();
});

// RFC 8794, table 1: the same value in any length, and the largest of each length means unknown.
test.each([
  ['1 byte', [0x82], 9 + 1 + 2],
  ['2 bytes', [0x40, 0x02], 9 + 2 + 2],
  ['3 bytes', [0x20, 0x00, 0x02], 9 + 3 + 2],
  ['8 bytes', [0x01, 0, 0, 0, 0, 0, 0, 2], 9 + 8 + 2],
  ['the largest of 1 byte', [0xfe], 9 + 1 + 126],
  ['2 bytes that 1 could not hold', [0x40, 0x7f], 9 + 2 + 127],
  ['4 bytes', [0x1f, 0xff, 0xff, 0xfe], 9 + 4 + 0xffffffe],
  ['5 bytes, beyond 32 bits', [0x09, 0, 0, 0, 0], 9 + 5 + 2 ** 32],
  ['unknown in 1 byte', [0xff], undefined],
  ['unknown in 2 bytes', [0x7f, 0xff], undefined],
  ['unknown in 8 bytes', [0x01, 255, 255, 255, 255, 255, 255, 255], undefined],
  ['9 bytes', [0, 255], undefined],
])('a size in %s', (_, size, endByte) => {
  expect(ebmlEndByte(head(...size))).toBe(endByte);
});

test('anything else does not say', () => {
  expect(ebmlEndByte(new Uint8Array(0))).toBeUndefined();
  expect(ebmlEndByte(new Uint8Array(100))).toBeUndefined();
  expect(ebmlEndByte(head(0x82).subarray(0, 16))).toBeUndefined();
  const other = head(0x82);
  other[5] = 0x1f;
  expect(ebmlEndByte(other)).toBeUndefined();
});
