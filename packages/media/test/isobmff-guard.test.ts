import { join } from 'node:path';
import { expect, test } from 'vitest';
import { surveyBoxes } from '../src/isobmff-guard.ts';
import { encode, memorySource, temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();
const WHOLE = await encode(join(folder, 'a.m4a'), ['-movflags', 'faststart']);

function box(name: string, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  return new Uint8Array(Buffer.concat([words(8 + content.length), Buffer.from(name, 'latin1'), content]));
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  for (const [i, value] of values.entries()) new DataView(bytes.buffer).setUint32(4 * i, value);
  return bytes;
}

function inTrack(table: Uint8Array): Uint8Array {
  return box('moov', box('trak', box('mdia', box('minf', box('stbl', table)))));
}

async function survey(...parts: readonly Uint8Array[]): Promise<string> {
  return await surveyBoxes(memorySource(new Uint8Array(Buffer.concat(parts)))).then(
    ({ isTruncated }) => (isTruncated ? 'truncated' : 'whole'),
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
}

test('a real file is whole, and truncated without its last byte', async () => {
  expect(await survey(WHOLE)).toBe('whole');
  expect(await survey(WHOLE.subarray(0, -1))).toBe('truncated');
});

test('fragments are looked at as well', async () => {
  const bytes = await encode(join(folder, 'f.mp4'), ['-movflags', 'frag_keyframe+empty_moov', '-frag_duration', '500000']);
  expect(await survey(bytes)).toBe('whole');
});

test('a file whose index is missing or cut short is refused', async () => {
  expect(await survey(box('ftyp'), box('mdat', new Uint8Array(50)))).toMatch(/^media_damaged: .*no index/);
  expect(await survey(box('ftyp'), inTrack(box('free')).subarray(0, -1))).toMatch(/^media_damaged: .*no index/);
  expect(await survey(words(7), Buffer.from('junk'))).toMatch(/^media_damaged: .*no index/);
});

test('a size of 64 bits, and one of 0 to the end of the file, are followed', async () => {
  const wide = new Uint8Array(Buffer.concat([words(1), Buffer.from('mdat'), words(0, 20, 0)]));
  expect(await survey(wide, box('moov'))).toBe('whole');
  expect(await survey(box('moov'), words(0), Buffer.from('mdat'), new Uint8Array(99))).toBe('whole');
  expect(await survey(box('moov'), words(1), Buffer.from('mdat'), words(0xffffffff, 0))).toBe('truncated');
});

test.each(['saiz', 'saio', 'senc', 'pssh'])('%s tells of encryption', async (name) => {
  expect(await survey(name === 'pssh' ? box('moov', box(name)) : inTrack(box(name)))).toMatch(/^unsupported_media: .*encrypted/);
});

test.each([
  ['runs that are not there', box('stts', words(0, 2, 1, 1024))],
  ['more packets in its runs than any recording', box('stts', words(0, 2, 2_000_000, 1024, 2_000_001, 1024))],
  ['more offsets of time', box('ctts', words(0, 1, 4_000_001, 0))],
  ['more sizes', box('stsz', words(0, 0, 4_000_001))],
  ['more compact sizes', box('stz2', words(0, 8, 4_000_001))],
])('an index with %s is refused', async (_, table) => {
  expect(await survey(inTrack(table))).toMatch(/^media_damaged/);
});

test('the longest recording is allowed', async () => {
  expect(await survey(inTrack(box('stts', words(0, 1, 4_000_000, 1024))))).toBe('whole');
});

// Flags 0x200: a size for each sample.
test('a run in a fragment names no more samples than it has bytes for', async () => {
  const fragment = (run: Uint8Array): Uint8Array => box('moof', box('traf', run));
  expect(await survey(box('moov'), fragment(box('trun', words(0x200, 2, 9, 9))))).toBe('whole');
  expect(await survey(box('moov'), fragment(box('trun', words(0x200, 5, 9, 9))))).toMatch(/^media_damaged/);
});

test('runs without fields are counted together, so that a small fragment names no billions', async () => {
  const fragment = (...counts: readonly number[]): Uint8Array =>
    box('moof', ...counts.map((count) => box('traf', box('trun', words(0, count)))));
  expect(await survey(box('moov'), fragment(100_000), fragment(50_000, 50_000))).toBe('whole');
  expect(await survey(box('moov'), fragment(100_001))).toMatch(/^media_damaged/);
  expect(await survey(box('moov'), fragment(60_000, 60_000))).toMatch(/^media_damaged/);
});

test('boxes that are nested without end are refused', async () => {
  let nested = box('free');
  for (let depth = 0; depth < 14; depth++) nested = box('trak', nested);
  expect(await survey(box('moov', nested))).toMatch(/^media_damaged: .*nested/);
});
