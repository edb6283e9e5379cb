import { expect, test } from 'vitest';
import { readDigit, readDigitRow } from '../../src/numerals/digit-row.ts';
import { numberMeanings } from '../../src/numerals/number-words.ts';

const meaningsOf = (text: string) => numberMeanings(text.replaceAll(' ', '-')) ?? [];

test.each([
  ['four three one', '431', 3],
  ['double five oh two', '5502', 4],
  ['triple seven', '777', 2],
  ['five five five twelve thirty four', '5551234', 6],
])('%s is %s', (text, digits, end) => {
  expect(readDigitRow(meaningsOf(text), 0)).toEqual({ digits, end });
});

test.each(['one two', 'oh one two three', 'three four five hundred', 'double', 'twenty one two'])('%s is no row', (text) => {
  expect(readDigitRow(meaningsOf(text), 0)).toBeUndefined();
});

test('double needs a digit behind it', () => {
  expect(readDigit(meaningsOf('double twenty'), 0, true)).toBeUndefined();
});
