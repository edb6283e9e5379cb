import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openWav } from '../src/wav-media.ts';
import { encode, memorySource, temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();
const WAV = await encode(join(folder, 'a.wav'), ['-ac', '2', '-ar', '48000'], 3);

test.each([
  ['pcm_u8', 'pcm_u8'],
  ['pcm_s16le', 'pcm_s16'],
  ['pcm_s24le', 'pcm_s24'],
  ['pcm_s32le', 'pcm_s32'],
  ['pcm_f32le', 'pcm_f32'],
  ['pcm_alaw', 'alaw'],
  ['pcm_mulaw', 'mulaw'],
])('%s is described as %s', async (written, codec) => {
  const bytes = await encode(join(folder, `${written}.wav`), ['-c:a', written], 1);
  const { description, isTruncated } = await openWav(memorySource(bytes));
  expect(description).toEqual({ container: 'wav', codec, sampleRateHz: 16_000, channelCount: 1, statedDurationMs: 1000 });
  expect(isTruncated).toBe(false);
});

test('a long file comes in blocks that hold whole samples', async () => {
  const bytes = await encode(join(folder, 'deep.wav'), ['-ac', '2', '-ar', '48000', '-c:a', 'pcm_s24le'], 10);
  const lengths: number[] = [];
  for await (const { channels } of (await openWav(memorySource(bytes))).blocks()) {
    expect(channels[1]!.length).toBe(channels[0]!.length);
    lengths.push(channels[0]!.length);
  }
  expect(lengths.length).toBeGreaterThan(5);
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(480_000);
});

test('a file that breaks off within a sample gives the whole ones', async () => {
  const track = await openWav(memorySource(WAV.subarray(0, 44 + 40_003)));
  expect(track.isTruncated).toBe(true);
  let length = 0;
  for await (const { channels } of track.blocks()) length += channels[0]!.length;
  // ffmpeg writes a list of 34 bytes before the samples.
  expect(length).toBe(Math.floor((40_003 - 34) / 4));
});

test.each([
  ['media_damaged', (view: DataView) => view.setUint32(12, 0)],
  ['media_too_complex', (view: DataView) => view.setUint16(22, 100, true)],
  ['media_too_complex', (view: DataView) => view.setUint32(24, 4000, true)],
  ['unsupported_media', (view: DataView) => view.setUint16(20, 2, true)],
])('%s is the code of a header that is changed', async (code, change) => {
  const bytes = WAV.slice();
  change(new DataView(bytes.buffer));
  await expect(openWav(memorySource(bytes))).rejects.toMatchObject({ code });
});

test('an error of the source is passed on', async () => {
  const broken = new Error('the disk is gone');
  await expect(openWav({ sizeBytes: 1000, read: () => Promise.reject(broken) })).rejects.toBe(broken);
});
