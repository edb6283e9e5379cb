import { expect, test } from 'vitest';
import { bootstrapDifference, bootstrapErrorRatio, type SpokenErrors } from '../../src/summary/bootstrap.ts';
import { createRandomIndex } from '../../src/summary/random.ts';

const errorsOf = (substitutions: number, referenceCount: number) => ({ substitutions, deletions: 0, insertions: 0, referenceCount });

test('holds the ratio of the sum, and is the same for the same seed', () => {
  const clips = [1, 5, 3, 9, 2, 0].map((edits, index) => ({ speaker: `s${index}`, errors: errorsOf(edits, 40) }));
  const interval = bootstrapErrorRatio(clips, { seed: 5 });
  expect(interval!.low).toBeLessThan(20 / 240);
  expect(interval!.high).toBeGreaterThan(20 / 240);
  expect(bootstrapErrorRatio(clips, { seed: 5 })).toEqual(interval);
});

test('knows nothing about others from one speaker', () => {
  const clip = { speaker: 'a', errors: errorsOf(1, 10) };
  expect(bootstrapErrorRatio([clip, clip])).toBeUndefined();
  expect(bootstrapErrorRatio([])).toBeUndefined();
});

test('takes a clip without a speaker for a speaker of its own', () => {
  expect(bootstrapErrorRatio([{ errors: errorsOf(0, 10) }, { errors: errorsOf(5, 10) }])).toEqual({ low: 0, high: 0.5 });
});

test('is wider when the clips are those of few speakers', () => {
  const edits = [0, 0, 0, 4, 4, 4, 1, 1, 1, 8, 8, 8];
  const width = (clips: readonly SpokenErrors[]): number => {
    const { low, high } = bootstrapErrorRatio(clips)!;
    return high - low;
  };
  const alike = edits.map((count, index) => ({ speaker: String(Math.floor(index / 3)), errors: errorsOf(count, 20) }));
  const apart = edits.map((count, index) => ({ speaker: String(index), errors: errorsOf(count, 20) }));
  expect(width(alike)).toBeGreaterThan(1.3 * width(apart));
});

test('refuses a confidence that is none', () => {
  expect(() => bootstrapErrorRatio([], { confidence: 95 })).toThrow(RangeError);
});

test('finds a small difference that all speakers share, and none between equals', () => {
  const clips = [2, 9, 4, 7, 1, 6, 3, 8].map((edits, index) => ({
    speaker: String(index),
    first: errorsOf(edits + 1, 100),
    second: errorsOf(edits, 100),
  }));
  const better = bootstrapDifference(clips);
  expect(better.difference).toBeCloseTo(-0.01, 12);
  expect(better.interval!.high).toBeLessThan(0);
  expect(better.aboveZeroRatio).toBe(0);
  const same = bootstrapDifference(clips.map((clip) => ({ ...clip, second: clip.first })));
  expect(same).toEqual({ difference: 0, interval: { low: 0, high: 0 }, aboveZeroRatio: 0 });
  expect(bootstrapDifference(clips.slice(0, 1))).toMatchObject({ interval: undefined, aboveZeroRatio: undefined });
});

test('holds the truth about as often as it says, where clips of a speaker are alike', () => {
  // 40 speakers with error ratios from 0 to 20 %, 5 clips of 30 words each: the truth is 10 %. Seeded, so the count is always the same.
  const draw = createRandomIndex(20261127);
  const trials = 200;
  let held = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const clips = Array.from({ length: 40 }, (_, speaker) => {
      const ratio = draw(1000) / 5000;
      return Array.from({ length: 5 }, () => {
        const edits = Array.from({ length: 30 }, () => draw(1_000_000) / 1_000_000).filter((value) => value < ratio).length;
        return { speaker: String(speaker), errors: errorsOf(edits, 30) };
      });
    }).flat();
    const { low, high } = bootstrapErrorRatio(clips, { resamples: 300, seed: trial })!;
    if (low <= 0.0999 && 0.0999 <= high) held += 1;
  }
  // 95 % is asked for; percentile intervals of 40 speakers hold somewhat less. Three standard deviations around 93 %.
  expect(held / trials).toBeGreaterThan(0.875);
  expect(held / trials).toBeLessThan(0.99);
});
