import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateWordTimes } from '../src/word-timing.ts';

/** Noise-free bursts: full level inside the spans, nothing outside. */
function bursts(durationMs: number, spansMs: readonly (readonly [number, number])[]): Float32Array {
  const samples = new Float32Array(durationMs * 16);
  for (const [startMs, endMs] of spansMs) {
    for (let i = startMs * 16; i < endMs * 16; i += 1) {
      samples[i] = i % 2 === 0 ? 0.5 : -0.5;
    }
  }
  return samples;
}

test('shares the voiced time out by the lengths of the words', () => {
  expect(estimateWordTimes([2, 6], bursts(1000, [[100, 900]]), 16_000)).toEqual([
    { startMs: 100, endMs: 300 },
    { startMs: 300, endMs: 900 },
  ]);
});

test('leaves a pause between two words to neither', () => {
  const samples = bursts(2000, [
    [200, 600],
    [1400, 1800],
  ]);
  expect(estimateWordTimes([5, 5], samples, 16_000)).toEqual([
    { startMs: 200, endMs: 600 },
    { startMs: 1400, endMs: 1800 },
  ]);
});

test('spreads words over the whole clip when all of it is equally loud', () => {
  expect(estimateWordTimes([1, 1], new Float32Array(16_000), 16_000)).toEqual([
    { startMs: 0, endMs: 500 },
    { startMs: 500, endMs: 1000 },
  ]);
});

test('gives no times for no words', () => {
  expect(estimateWordTimes([], new Float32Array(1600), 16_000)).toEqual([]);
});

test('times are ordered, inside the clip and do not overlap', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 }),
      fc.array(fc.constantFrom(0, 1e-45, 0.01, -0.5), { minLength: 1600, maxLength: 1700, size: 'max' }),
      (characterCounts, samples) => {
        let previousEndMs = 0;
        for (const { startMs, endMs } of estimateWordTimes(characterCounts, Float32Array.from(samples), 16_000)) {
          expect(startMs >= previousEndMs && endMs >= startMs && endMs <= Math.ceil(samples.length / 16)).toBe(true);
          previousEndMs = endMs;
        }
      },
    ),
    { seed: 20261124, numRuns: 30 },
  );
});
