import { expect, test } from 'vitest';
import { ByteStream } from '../src/byte-stream.ts';
import { writeOgg } from '../src/ogg-page.ts';
import { OggPages } from '../src/ogg-pages.ts';
import { memorySource } from './support/media-files.ts';

const FILE = writeOgg([1, 2, 3, 4].map((fill) => [new Uint8Array(100).fill(fill)]));
const PAGE_BYTES = FILE.length / 4;

async function walk(...parts: readonly Uint8Array[]): Promise<{ sequences: number[]; isTruncated: boolean }> {
  const pages = new OggPages(new ByteStream(memorySource(new Uint8Array(Buffer.concat(parts)))));
  const sequences: number[] = [];
  for (let page = await pages.next(); page !== undefined; page = await pages.next()) sequences.push(page.sequence);
  return { sequences, isTruncated: pages.isTruncated };
}

test('all pages come in order', async () => {
  expect(await walk(FILE)).toEqual({ sequences: [0, 1, 2, 3], isTruncated: false });
});

test.each([1, 26, 27, 28, 127])('a file that ends after %i bytes of a page is truncated', async (lengthBytes) => {
  expect(await walk(FILE.subarray(0, 2 * PAGE_BYTES + lengthBytes))).toEqual({ sequences: [0, 1], isTruncated: true });
});

test('a damaged page is left out', async () => {
  const bytes = FILE.slice();
  bytes[PAGE_BYTES + 60]! ^= 1;
  expect(await walk(bytes)).toEqual({ sequences: [0, 2, 3], isTruncated: false });
});

test('junk between pages is stepped over, also where a block of the file ends', async () => {
  for (const junkBytes of [1, 27, 5000, ...[0, 1, 2, 3, 4].map((k) => 256 * 1024 - PAGE_BYTES - k)]) {
    const junk = new Uint8Array(junkBytes).fill(0x4f);
    expect((await walk(FILE.subarray(0, PAGE_BYTES), junk, FILE.subarray(PAGE_BYTES))).sequences).toEqual([0, 1, 2, 3]);
  }
});

test('a tag behind the last page does not make a file truncated', async () => {
  const tag = new Uint8Array(128);
  tag.set([0x54, 0x41, 0x47]);
  expect(await walk(FILE, tag)).toEqual({ sequences: [0, 1, 2, 3], isTruncated: false });
});

test('behind 4 MB of junk no page is looked for', async () => {
  expect((await walk(FILE.subarray(0, PAGE_BYTES), new Uint8Array(5 * 1024 * 1024), FILE)).sequences).toEqual([0]);
});
