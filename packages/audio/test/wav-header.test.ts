import { expect, test } from 'vitest';
import { findWavHeader, type WavHeader, type WavRange } from '../src/wav-header.ts';
import { chunk, format, join, riff, text, u32 } from './wav-bytes.ts';

const MONO_16 = chunk('fmt ', format({ tag: 1, bitsPerSample: 16 }));
const GIBIBYTE = 2 ** 30;

/** Runs the search over a file of which only the first bytes are there; what it asks for is noted. */
function find(bytes: Uint8Array, sizeBytes: number, asked: WavRange[] = []): WavHeader {
  const search = findWavHeader(sizeBytes);
  let step = search.next();
  while (!step.done) {
    asked.push(step.value);
    const { startByte, endByte } = step.value;
    expect(endByte).toBeLessThanOrEqual(sizeBytes);
    step = search.next(Uint8Array.from({ length: endByte - startByte }, (_, i) => bytes[startByte + i] ?? 0));
  }
  return step.value;
}

test('finds the samples of a file of gigabytes from its first bytes', () => {
  const asked: WavRange[] = [];
  const header = find(riff([MONO_16, chunk('data', [], 3 * GIBIBYTE)]), 3 * GIBIBYTE + 44, asked);
  expect(header).toMatchObject({ dataStartByte: 44, dataBytes: 3 * GIBIBYTE, isTruncated: false });
  expect(Math.max(...asked.map(({ endByte }) => endByte))).toBe(44);
});

test('never asks for more of a chunk than it understands', () => {
  const asked: WavRange[] = [];
  const bytes = riff([chunk('fmt ', join(format({ tag: 1, bitsPerSample: 16 }), new Uint8Array(500))), chunk('data', [0, 0])]);
  expect(find(bytes, bytes.length, asked).dataBytes).toBe(2);
  expect(Math.max(...asked.map(({ startByte, endByte }) => endByte - startByte))).toBeLessThanOrEqual(64);
});

test('steps over a chunk of gigabytes', () => {
  const asked: WavRange[] = [];
  const bytes = join(text('RIFF'), u32(0), text('WAVE'), text('junk'), u32(2 * GIBIBYTE));
  expect(() => find(bytes, 2 * GIBIBYTE + 100, asked)).toThrow(expect.objectContaining({ code: 'wav_format_missing' }));
  expect(asked.length).toBeLessThan(20);
});

test('gives up a file that is made of chunks without end', () => {
  const asked: WavRange[] = [];
  expect(() => find(riff([]), 2 * GIBIBYTE, asked)).toThrow(expect.objectContaining({ code: 'wav_format_missing' }));
  expect(asked.length).toBeLessThan(20_000);
});
