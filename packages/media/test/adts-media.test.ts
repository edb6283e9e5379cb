import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wrapAdts } from '../src/adts-frame.ts';
import { openAdts } from '../src/adts-media.ts';
import { encode, memorySource, temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();
const AAC = await encode(join(folder, 'a.aac'), ['-ar', '32000', '-ac', '2']);

async function lengthOf(bytes: Uint8Array, startByte = 0): Promise<{ samples: number; isTruncated: boolean }> {
  const track = await openAdts(memorySource(bytes), startByte);
  let samples = 0;
  for await (const { channels } of track.blocks()) samples += channels[0]!.length;
  return { samples, isTruncated: track.isTruncated };
}

test('a file is described by its first frame, and every frame is decoded', async () => {
  const { description } = await openAdts(memorySource(AAC), 0);
  expect(description).toEqual({ container: 'aac', codec: 'aac', sampleRateHz: 32_000, channelCount: 2, statedDurationMs: undefined });
  const { samples, isTruncated } = await lengthOf(AAC);
  expect(samples % 1024).toBe(0);
  expect(samples / 32_000).toBeGreaterThanOrEqual(3);
  expect(isTruncated).toBe(false);
  expect(await lengthOf(new Uint8Array(Buffer.concat([new Uint8Array(9), AAC])), 9)).toEqual({ samples, isTruncated });
});

test('frames with a checksum are decoded to the same', async () => {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < AAC.length; ) {
    const frameBytes = ((AAC[at + 3]! & 3) << 11) | (AAC[at + 4]! << 3) | (AAC[at + 5]! >> 5);
    packets.push(AAC.subarray(at + 7, at + frameBytes));
    at += frameBytes;
  }
  // A checksum is two bytes before the packet; the header then says that it is there.
  const frames = packets.map((packet) => {
    const frame = wrapAdts([Buffer.concat([new Uint8Array(2), packet])], { rateIndex: 5, channelConfig: 2 });
    frame[1] = 0xf0;
    return frame;
  });
  expect(await lengthOf(new Uint8Array(Buffer.concat(frames)))).toEqual(await lengthOf(AAC));
});

test('a last frame that is cut off makes the file truncated', async () => {
  const whole = await lengthOf(AAC);
  expect(await lengthOf(AAC.subarray(0, -1))).toEqual({ samples: whole.samples - 1024, isTruncated: true });
});

test('a file without a whole frame is damaged', async () => {
  await expect(openAdts(memorySource(AAC.subarray(0, 20)), 0)).rejects.toMatchObject({ code: 'media_damaged' });
});

test.each([
  ['AAC Main', 0x10, 0x80, 'unsupported_media'],
  ['six channels', 0x50, 6 << 6, 'unsupported_media'],
  ['7350 Hz', 0x40 | (12 << 2), 0x80, 'media_too_complex'],
])('%s is refused', async (_, profile, high, code) => {
  const bytes = wrapAdts([new Uint8Array(50), new Uint8Array(50)], { rateIndex: 4, channelConfig: 2 });
  for (const at of [0, 57]) {
    bytes[at + 2] = profile | (high >> 8);
    bytes[at + 3] = high & 0xc0;
  }
  await expect(openAdts(memorySource(bytes), 0)).rejects.toMatchObject({ code });
});
