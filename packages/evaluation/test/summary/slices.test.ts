import { expect, test } from 'vitest';
import { NO_ERRORS } from '../../src/errors/error-counts.ts';
import { summarise, summariseBy } from '../../src/summary/slices.ts';

const clip = (slice: string, speaker: string | undefined, edits: number, referenceCount: number, isEmpty = false) => ({
  slice,
  speaker,
  words: { ...NO_ERRORS, substitutions: edits, referenceCount },
  characters: { ...NO_ERRORS, insertions: edits, referenceCount: 4 * referenceCount },
  isEmpty,
});

test('sums clips up', () => {
  const summary = summarise([clip('a', 'x', 1, 10), clip('a', 'x', 0, 10), clip('a', undefined, 5, 20, true)]);
  expect(summary).toMatchObject({
    clipCount: 3,
    speakerCount: 2,
    emptyCount: 1,
    words: { substitutions: 6, referenceCount: 40 },
    wordErrorRatio: 0.15,
    characterErrorRatio: 6 / 160,
  });
  expect(summary.wordErrorInterval).toEqual({ low: 0.05, high: 0.25 });
});

test('has no ratio where nothing was said', () => {
  expect(summarise([clip('a', 'x', 1, 0)])).toMatchObject({ wordErrorRatio: null, characterErrorRatio: null, wordErrorInterval: null });
  expect(summarise([])).toMatchObject({ clipCount: 0, wordErrorRatio: null });
});

test('groups clips in the order in which their values come', () => {
  const slices = summariseBy([clip('b', 'x', 1, 10), clip('a', 'x', 2, 10), clip('b', 'y', 3, 10)], ({ slice }) => slice);
  expect(slices.map(({ name, clipCount, wordErrorRatio }) => [name, clipCount, wordErrorRatio])).toEqual([
    ['b', 2, 0.2],
    ['a', 1, 0.2],
  ]);
});
