import { expect, test } from 'vitest';
import { findNumberRuns, isWordStart, wordBefore, wordsBehind } from '../../src/numerals/number-run.ts';

const words = 'about twenty-five, or (six hundred dollars each'.split(' ');
const [first, second] = findNumberRuns(words);

test('a comma, a bracket and any other word end a run', () => {
  expect(findNumberRuns(words).map(({ wordIndexes }) => wordIndexes)).toEqual([
    [1, 1],
    [3, 4],
  ]);
  expect(findNumberRuns('one (two'.split(' '))).toHaveLength(2);
});

test('knows where a word begins', () => {
  expect([0, 1].map((position) => isWordStart(first!, position))).toEqual([true, false]);
});

test('sees the neighbours, but not through punctuation', () => {
  expect(wordBefore(words, first!, 0)).toBe('about');
  expect(wordBefore(words, second!, 0)).toBeUndefined();
  expect(wordsBehind(words, first!, 2)).toEqual([]);
  expect(wordsBehind(words, second!, 2)).toEqual(['dollars', 'each']);
});
