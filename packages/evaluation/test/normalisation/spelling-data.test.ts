import { expect, test } from 'vitest';
import { ISE_STEMS, SPELLING_FAMILIES, SPELLING_PAIRS } from '../../src/normalisation/spelling-data.ts';

const wordsOf = (text: string): string[] => text.trim().split(/\s+/);

test('every word of a family holds what is replaced', () => {
  for (const { british, words } of SPELLING_FAMILIES) {
    expect(wordsOf(words).filter((word) => !word.includes(british))).toEqual([]);
  }
});

test('no word is listed twice', () => {
  const words = [...SPELLING_FAMILIES.flatMap(({ words }) => wordsOf(words)), ...wordsOf(SPELLING_PAIRS).map((pair) => pair.split('=')[0])];
  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  expect(new Set(wordsOf(ISE_STEMS)).size).toBe(wordsOf(ISE_STEMS).length);
});
