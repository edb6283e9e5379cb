import { expect, test } from 'vitest';
import { ADTS_FRAMES, wrapAdts } from '../src/adts-frame.ts';
import { ByteStream } from '../src/byte-stream.ts';
import { FrameWalker } from '../src/frame-walker.ts';
import { memorySource } from './support/media-files.ts';

const BLOCK_BYTES = 256 * 1024;
const FRAME_BYTES = 57;

/** Frames whose packets are filled with their numbers. */
function frames(from: number, to: number, rateIndex = 4): Uint8Array {
  const packets = Array.from({ length: to - from }, (_, i) => new Uint8Array(FRAME_BYTES - 7).fill(from + i));
  return wrapAdts(packets, { rateIndex, channelConfig: 1 });
}

async function walk(...parts: readonly Uint8Array[]): Promise<{ numbers: number[]; isTruncated: boolean }> {
  const walker = new FrameWalker(new ByteStream(memorySource(new Uint8Array(Buffer.concat(parts)))), ADTS_FRAMES);
  const numbers: number[] = [];
  for (let frame = await walker.next(); frame !== undefined; frame = await walker.next()) {
    expect(frame.bytes).toHaveLength(frame.header.frameBytes);
    numbers.push(frame.bytes[7]!);
  }
  return { numbers, isTruncated: walker.isTruncated };
}

test('frames come in order to the end', async () => {
  expect(await walk(frames(0, 5))).toEqual({ numbers: [0, 1, 2, 3, 4], isTruncated: false });
});

test.each([1, 6, 7, FRAME_BYTES - 1])('a last frame of %i bytes is truncated', async (lengthBytes) => {
  expect(await walk(frames(0, 2), frames(2, 3).subarray(0, lengthBytes))).toEqual({ numbers: [0, 1], isTruncated: true });
});

test('junk is stepped over, and 0xFF in it', async () => {
  for (const junk of [new Uint8Array(1), new Uint8Array(500), new Uint8Array(500).fill(0xff)]) {
    expect(await walk(frames(0, 2), junk, frames(2, 5))).toEqual({ numbers: [0, 1, 2, 3, 4], isTruncated: false });
  }
});

test('a lone header within junk is not taken for a frame', async () => {
  const lone = new Uint8Array(200);
  lone.set(frames(99, 100), 10);
  expect(await walk(frames(0, 2), lone, frames(2, 5))).toEqual({ numbers: [0, 1, 2, 3, 4], isTruncated: false });
});

test('no frame is lost behind junk that ends where a block of the file ends', async () => {
  for (let before = -1; before <= 8; before++) {
    const junk = new Uint8Array(BLOCK_BYTES - FRAME_BYTES - before);
    expect((await walk(frames(0, 1), junk, frames(1, 4))).numbers).toEqual([0, 1, 2, 3]);
  }
});

test('frames of another rate are left out', async () => {
  expect((await walk(frames(0, 2), frames(50, 53, 8), frames(2, 4))).numbers).toEqual([0, 1, 2, 3]);
});

test('a tag behind the last frame does not make a file truncated', async () => {
  const tag = new Uint8Array(128).fill(0x20);
  expect(await walk(frames(0, 3), tag)).toEqual({ numbers: [0, 1, 2], isTruncated: false });
});

test('behind 4 MB of junk no frame is looked for', async () => {
  expect(await walk(frames(0, 2), new Uint8Array(5 * 1024 * 1024), frames(2, 4))).toEqual({ numbers: [0, 1], isTruncated: true });
});
