import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openOgg } from '../src/ogg-media.ts';
import { readOggPage } from '../src/ogg-page.ts';
import { encode, memorySource, temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();
const OPUS = await encode(join(folder, 'a.opus'), ['-page_duration', '200000']);
const VORBIS = await encode(join(folder, 'a.ogg'), ['-c:a', 'libvorbis', '-ar', '44100', '-ac', '2']);
const FIRST_BYTES = readOggPage(OPUS)!.pageBytes;

async function lengthOf(...parts: readonly Uint8Array[]): Promise<{ durationMs: number; isTruncated: boolean }> {
  const track = await openOgg(memorySource(new Uint8Array(Buffer.concat(parts))), 0);
  let durationMs = 0;
  for await (const { channels, sampleRateHz } of track.blocks()) durationMs += (1000 * channels[0]!.length) / sampleRateHz;
  return { durationMs: Math.round(durationMs), isTruncated: track.isTruncated };
}

test('streams are described', async () => {
  const shared = { container: 'ogg', statedDurationMs: undefined };
  expect((await openOgg(memorySource(OPUS), 0)).description).toEqual({ ...shared, codec: 'opus', sampleRateHz: 48_000, channelCount: 1 });
  expect((await openOgg(memorySource(VORBIS), 0)).description).toEqual({
    ...shared,
    codec: 'vorbis',
    sampleRateHz: 44_100,
    channelCount: 2,
  });
});

test('the length is that of the sound, to the sample', async () => {
  expect(await lengthOf(OPUS)).toEqual({ durationMs: 3000, isTruncated: false });
  expect(await lengthOf(VORBIS)).toEqual({ durationMs: 3000, isTruncated: false });
});

test('streams one after the other are one recording, of several codecs too', async () => {
  expect(await lengthOf(OPUS, VORBIS, OPUS)).toEqual({ durationMs: 9000, isTruncated: false });
});

test('a tag behind the last page does not make a file truncated', async () => {
  expect(await lengthOf(OPUS, new Uint8Array(128).fill(0x20))).toEqual({ durationMs: 3000, isTruncated: false });
});

test('a file without its last page is truncated, also where a page ends', async () => {
  const last = Buffer.from(OPUS).lastIndexOf('OggS');
  const { durationMs, isTruncated } = await lengthOf(OPUS.subarray(0, last));
  expect(durationMs).toBeGreaterThan(2500);
  expect(isTruncated).toBe(true);
});

test('a stream of another kind beside it is passed over', async () => {
  const film = await encode(join(folder, 'film.ogv'), [
    ...['-f', 'lavfi', '-i', 'testsrc=d=3:s=64x64', '-c:v', 'libtheora', '-c:a', 'libvorbis', '-shortest'],
  ]);
  expect((await openOgg(memorySource(film), 0)).description).toMatchObject({ codec: 'vorbis', sampleRateHz: 16_000 });
  const { durationMs } = await lengthOf(film);
  expect(Math.abs(durationMs - 3000)).toBeLessThan(60);
});

test('headers that are cut off are damage, a codec that is not decoded is none', async () => {
  await expect(openOgg(memorySource(OPUS.subarray(0, FIRST_BYTES)), 0)).rejects.toMatchObject({ code: 'media_damaged' });
  const flac = await encode(join(folder, 'flac.ogg'), ['-c:a', 'flac', '-f', 'ogg']);
  await expect(openOgg(memorySource(flac), 0)).rejects.toMatchObject({ code: 'unsupported_media' });
});
