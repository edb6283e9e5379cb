import { expect, test } from 'vitest';
import { alignWords } from '../src/word-alignment.ts';

const GRID = { startMs: 16, frameMs: 24 };

/** Full level inside the spans, nothing outside. */
function bursts(durationMs: number, spansMs: readonly (readonly [number, number])[]): Float32Array {
  const samples = new Float32Array(durationMs * 16);
  for (const [startMs, endMs] of spansMs) {
    for (let i = startMs * 16; i < endMs * 16; i += 1) samples[i] = i % 2 === 0 ? 0.5 : -0.5;
  }
  return samples;
}

/** Attention to the 72 ms around a time. */
const heardAt = (timeMs: number, frames: number) =>
  Float32Array.from({ length: frames }, (_, frame) => (Math.abs(GRID.startMs + (frame + 0.5) * GRID.frameMs - timeMs) <= 36 ? 1 / 3 : 0));

const align = (attention: readonly Float32Array[], samples: Float32Array) => alignWords(attention, GRID, { samples, sampleRateHz: 16_000 });

test('words begin and end with the voice, on the sides of a pause where they were heard', () => {
  const samples = bursts(1000, [
    [110, 400],
    [630, 900],
  ]);
  expect(align([heardAt(150, 40), heardAt(660, 40)], samples)).toEqual([
    { startMs: 110, endMs: 400 },
    { startMs: 630, endMs: 900 },
  ]);
});

test('words without a pause meet where the second one begins to be heard', () => {
  const [first, second] = align([heardAt(150, 40), heardAt(500, 40)], bursts(1000, [[110, 900]]))!;
  expect(first!.startMs).toBe(110);
  expect(first!.endMs).toBe(second!.startMs);
  expect(Math.abs(second!.startMs - 464)).toBeLessThanOrEqual(GRID.frameMs);
  expect(second!.endMs).toBe(900);
});

test('what lies before the first frame and behind the last one belongs to the words there', () => {
  expect(align([heardAt(28, 9)], bursts(300, [[0, 300]]))).toEqual([{ startMs: 0, endMs: 300 }]);
});

test('frames beyond the clip, which fill up a batch, are none of it', () => {
  expect(align([heardAt(28, 90)], bursts(300, [[0, 300]]))).toEqual([{ startMs: 0, endMs: 300 }]);
});

test('a word in silence keeps its frame', () => {
  const [first, second] = align([heardAt(40, 10), heardAt(200, 10)], bursts(300, [[0, 60]]))!;
  expect(first).toMatchObject({ startMs: 0 });
  expect(second!.startMs).toBeGreaterThanOrEqual(first!.endMs);
  expect(second!.endMs).toBeGreaterThan(second!.startMs);
});

test('no words have no times, and without a frame there is none', () => {
  expect(align([], bursts(100, []))).toEqual([]);
  expect(align([new Float32Array(0)], bursts(100, []))).toBeUndefined();
});
