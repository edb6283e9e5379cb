import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseFlacFrameHeader, parseFlacStreamInfo } from '../src/flac-header.ts';
import { openFlac } from '../src/flac-media.ts';
import { EXAMPLE_3, type Field, frame } from './support/flac-files.ts';
import { encode, memorySource, temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();
const FRAME_SAMPLES = 1024;
const FILE = await encode(join(folder, 'a.flac'), ['-frame_size', String(FRAME_SAMPLES)]);
const INFO = parseFlacStreamInfo(FILE.subarray(8));
const FRAMES: number[] = [];
for (let at = FILE.indexOf(0xff); at !== -1; at = FILE.indexOf(0xff, at + 1)) {
  const header = parseFlacFrameHeader(FILE, at, INFO);
  if (header?.startSample === FRAMES.length * FRAME_SAMPLES) FRAMES.push(at);
}

async function decode(bytes: Uint8Array, startByte = 0): Promise<{ samples: Float32Array; isTruncated: boolean }> {
  const track = await openFlac(memorySource(bytes), startByte);
  const samples: number[] = [];
  for await (const block of track.blocks()) for (const sample of block.channels[0]!) samples.push(sample);
  return { samples: Float32Array.from(samples), isTruncated: track.isTruncated };
}

function without(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]));
}

test('the file of RFC 9639, D.3, is described and decoded', async () => {
  const { description } = await openFlac(memorySource(EXAMPLE_3), 0);
  expect(description).toEqual({ container: 'flac', codec: 'flac', sampleRateHz: 32_000, channelCount: 1, statedDurationMs: 0.75 });
  expect([...(await decode(EXAMPLE_3)).samples].slice(0, 4)).toEqual([0, 79 / 128, 111 / 128, 78 / 128]);
});

test('metadata and what stands before the file are passed over', async () => {
  const path = join(folder, 'tagged.flac');
  const tagged = await encode(path, ['-frame_size', String(FRAME_SAMPLES), '-metadata', `comment=${'x'.repeat(100_000)}`]);
  const wanted = await decode(FILE);
  expect(await decode(tagged)).toEqual(wanted);
  expect(await decode(new Uint8Array(Buffer.concat([new Uint8Array(33), FILE])), 33)).toEqual(wanted);
});

test('a length that is not stated is not made up', async () => {
  const bytes = FILE.slice();
  bytes.fill(0, 8 + 14, 8 + 18);
  bytes[8 + 13]! &= 0xf0;
  expect((await openFlac(memorySource(bytes), 0)).description.statedDurationMs).toBeUndefined();
  expect(await decode(bytes)).toEqual({ ...(await decode(FILE)), isTruncated: false });
});

test.each([4, 20, 41])('a header of %i bytes is damaged', async (lengthBytes) => {
  await expect(openFlac(memorySource(FILE.subarray(0, lengthBytes)), 0)).rejects.toMatchObject({ code: 'media_damaged' });
});

test('a rate that no recording has is too complex', async () => {
  const bytes = FILE.slice();
  bytes.fill(0, 8 + 10, 8 + 12);
  await expect(openFlac(memorySource(bytes), 0)).rejects.toMatchObject({ code: 'media_too_complex' });
});

describe('a frame that', () => {
  test('is damaged becomes silence of its length', async () => {
    const whole = await decode(FILE);
    const bytes = FILE.slice();
    bytes[FRAMES[20]! + 30]! ^= 0xff;
    const { samples, isTruncated } = await decode(bytes);
    const wanted = whole.samples.slice();
    wanted.fill(0, 20 * FRAME_SAMPLES, 21 * FRAME_SAMPLES);
    expect(samples).toEqual(wanted);
    expect(isTruncated).toBe(false);
  });

  test.each([1, 3])('is damaged at the start does too (%i of them)', async (count) => {
    const whole = await decode(FILE);
    const bytes = FILE.slice();
    for (let i = 0; i < count; i++) bytes[FRAMES[i]! + 30]! ^= 0xff;
    const wanted = whole.samples.slice();
    wanted.fill(0, 0, count * FRAME_SAMPLES);
    expect((await decode(bytes)).samples).toEqual(wanted);
  });

  test('is missing becomes silence', async () => {
    const whole = await decode(FILE);
    const wanted = whole.samples.slice();
    wanted.fill(0, 5 * FRAME_SAMPLES, 7 * FRAME_SAMPLES);
    expect((await decode(without(FILE, FRAMES[5]!, FRAMES[7]!))).samples).toEqual(wanted);
  });

  test('is cut off makes the file truncated', async () => {
    const { samples, isTruncated } = await decode(FILE.subarray(0, FRAMES[20]! + 50));
    expect(samples).toHaveLength(20 * FRAME_SAMPLES);
    expect(isTruncated).toBe(true);
    expect((await decode(FILE)).isTruncated).toBe(false);
  });
});

test('a stream that was cut out of another begins at 0, without silence', async () => {
  const whole = await decode(FILE);
  const { samples } = await decode(without(FILE, FRAMES[0]!, FRAMES[10]!));
  expect(samples).toEqual(whole.samples.slice(10 * FRAME_SAMPLES));
});

test('a long gap is silence by the second', async () => {
  const constant: readonly Field[] = [
    [0, 8],
    [64, 8],
  ];
  const far = frame({ blockSamples: 16, assignment: 0, number: 100 }, constant);
  const bytes = Buffer.concat([EXAMPLE_3.subarray(0, 42), frame({ blockSamples: 16, assignment: 0 }, constant), far]);
  const lengths: number[] = [];
  for await (const block of (await openFlac(memorySource(new Uint8Array(bytes)), 0)).blocks()) lengths.push(block.channels[0]!.length);
  expect(Math.max(...lengths)).toBe(32_000);
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(100 * 4096 + 16);
});
