import { expect, test } from 'vitest';
import { beginsSentence, keptAfter, keptBefore, partsOf } from '../src/word-parts.ts';

test.each([
  ['word', '', 'word', ''],
  ['“Hello,”', '“', 'Hello', ',”'],
  ['(020)', '(', '020', ')'],
  ['$25.50.', '', '$25.50', '.'],
  ['25%?', '', '25%', '?'],
  ['-5', '', '-5', ''],
  ['–', '–', '', ''],
  ['', '', '', ''],
])('takes %j apart', (word, before, core, after) => {
  expect(partsOf(word)).toEqual({ before, core, after });
});

test('quotes and the ends of sentences may stay, brackets not', () => {
  expect(keptBefore(partsOf('(“020'))).toBe('“');
  expect(keptAfter(partsOf('020”).'))).toBe('”.');
});

test('a sentence begins at the start and behind the end of another', () => {
  expect([undefined, 'so.', 'so?”', 'so,', 'so'].map(beginsSentence)).toEqual([true, true, true, false, false]);
});

test('takes no longer for a word that is mostly punctuation', () => {
  const word = `a${'!'.repeat(100_000)}a`;
  expect(partsOf(word).core).toBe(word);
});
