import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OGG_HEADER_BYTES, readOggPage, writeOgg } from '../src/ogg-page.ts';
import { encode, temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();
const OPUS = await encode(join(folder, 'a.opus'), []);

test('the first page of a real file is read', () => {
  const page = readOggPage(OPUS)!;
  expect(page).toMatchObject({ isContinued: false, isFirst: true, isLast: false, granule: 0, sequence: 0, pageBytes: 28 + 19 });
  expect([...page.lacing]).toEqual([19]);
  expect(Buffer.from(page.payload).toString('latin1', 0, 8)).toBe('OpusHead');
});

test('every page of a real file is read, and the last says so', () => {
  let offset = 0;
  let page = readOggPage(OPUS);
  let granule = -1;
  let isLast = false;
  for (; page !== undefined; page = readOggPage(OPUS.subarray(offset))) {
    offset += page.pageBytes;
    expect(page.granule).toBeGreaterThanOrEqual(granule);
    granule = page.granule;
    isLast = page.isLast;
  }
  expect(offset).toBe(OPUS.length);
  expect(isLast).toBe(true);
});

test('one changed bit anywhere makes a page none', () => {
  const whole = OPUS.slice(0, readOggPage(OPUS)!.pageBytes);
  for (let at = 0; at < whole.length; at++) {
    const bytes = whole.slice();
    bytes[at]! ^= 1;
    expect(readOggPage(bytes)).toBeUndefined();
  }
});

test('a page that is not all there is none', () => {
  const whole = OPUS.slice(0, readOggPage(OPUS)!.pageBytes);
  for (let length = 0; length < whole.length; length++) expect(readOggPage(whole.subarray(0, length))).toBeUndefined();
});

// A packet of a multiple of 255 bytes needs a segment of 0 to end it (RFC 3533, 5).
test.each([
  [0, [0]],
  [254, [254]],
  [255, [255, 0]],
  [256, [255, 1]],
  [510, [255, 255, 0]],
])('a packet of %i bytes is laced as %j', (length, lacing) => {
  const page = readOggPage(writeOgg([[new Uint8Array(length).fill(7)]]))!;
  expect([...page.lacing]).toEqual(lacing);
  expect(page.payload).toHaveLength(length);
  expect(page).toMatchObject({ isFirst: true, isLast: true, isContinued: false });
});

test('a packet that is longer than a page goes on in the next, which begins no packet', () => {
  const bytes = writeOgg([[Uint8Array.from({ length: 255 * 255 + 10 }, (_, i) => i)]]);
  const first = readOggPage(bytes)!;
  const second = readOggPage(bytes.subarray(first.pageBytes))!;
  expect(first).toMatchObject({ isFirst: true, isLast: false, granule: -1, pageBytes: OGG_HEADER_BYTES + 255 + 255 * 255 });
  expect(second).toMatchObject({ isFirst: false, isLast: true, isContinued: true, sequence: 1, granule: 0 });
  expect([...second.lacing]).toEqual([10]);
});
