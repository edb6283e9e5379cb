import { expect, test } from 'vitest';
import { ByteStream } from '../src/byte-stream.ts';
import { memorySource } from './support/media-files.ts';

const BLOCK_BYTES = 256 * 1024;
const BYTES = Uint8Array.from({ length: 2 * BLOCK_BYTES + 100 }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

function counted(bytes: Uint8Array): { reads: [number, number][]; source: ReturnType<typeof memorySource> } {
  const reads: [number, number][] = [];
  const inner = memorySource(bytes);
  return {
    reads,
    source: {
      ...inner,
      read(startByte, endByte) {
        reads.push([startByte, endByte]);
        return inner.read(startByte, endByte);
      },
    },
  };
}

test('every peek begins at the position and holds what was asked for', async () => {
  const stream = new ByteStream(memorySource(BYTES), 5);
  for (const step of [0, 1, 1000, BLOCK_BYTES - 1500, 600, BLOCK_BYTES - 10]) {
    stream.skip(step);
    const { position } = stream;
    const wantedBytes = Math.min(1000, BYTES.length - position);
    const bytes = await stream.peek(1000);
    expect(bytes.length).toBeGreaterThanOrEqual(wantedBytes);
    expect(Buffer.compare(bytes, BYTES.subarray(position, position + bytes.length))).toBe(0);
  }
});

test('small steps read a block once', async () => {
  const { reads, source } = counted(BYTES);
  const stream = new ByteStream(source);
  for (let i = 0; i < 100; i++) {
    await stream.peek(1000);
    stream.skip(1000);
  }
  expect(reads).toEqual([[0, BLOCK_BYTES]]);
});

test('a large peek reads four times as much', async () => {
  const { reads, source } = counted(new Uint8Array(2_000_000));
  expect((await new ByteStream(source).peek(300_000)).length).toBe(1_200_000);
  expect(reads).toEqual([[0, 1_200_000]]);
});

test('the end of the file gives what is left, and behind it nothing is read', async () => {
  const { reads, source } = counted(new Uint8Array(10));
  const stream = new ByteStream(source);
  expect(await stream.peek(20)).toHaveLength(10);
  stream.skip(7);
  expect(await stream.peek(20)).toHaveLength(3);
  stream.skip(100);
  expect(await stream.peek(20)).toHaveLength(0);
  expect(reads).toEqual([[0, 10]]);
});

test('a start beyond the end gives nothing', async () => {
  const { reads, source } = counted(new Uint8Array(10));
  expect(await new ByteStream(source, 11).peek(1)).toHaveLength(0);
  expect(reads).toEqual([]);
});
