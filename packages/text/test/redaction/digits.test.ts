import { expect, test } from 'vitest';
import { redactDigits, shownBeforeDigits } from '../../src/redaction/digits.ts';
import { through } from '../support/spoken.ts';

test.each([
  ['my card is 4111 1111 1111 1111.', 'my card is [digits].'],
  ['call (555) 123-4567, please', 'call [digits], please'],
  ['four three one nine eight', '[digits]'],
  ['Four, three, one, nine.', '[digits].'],
  ['it is four one um dash five six thanks', 'it is [digits] thanks'],
  ['double five double two', '[digits]'],
  ['call five five five twelve now', 'call [digits] now'],
  ['4 three 1 nine', '[digits]'],
  ['4-3 1. 9', '[digits]'],
  ['born in nineteen eighty four', 'born in [digits]'],
  ['born in 1984', 'born in [digits]'],
  ['two thousand dollars', '[digits] dollars'],
  ['a thousand two hundred', 'a [digits]'],
  ['$1,250.00 “1234”', '[digits]”'],
  ['account AB1234567', 'account [digits]'],
  ['the twenty third nineteen ninety', 'the [digits]'],
])('%s → %s', (heard, written) => {
  expect(through(redactDigits, heard)).toBe(written);
});

test.each([
  'one two three',
  '25 people and 36 dogs',
  'two hundred and five',
  'a thousand times',
  'about five million people',
  'first second third fourth fifth',
  'and so on',
])('leaves fewer than four: %s', (heard) => {
  expect(through(redactDigits, heard)).toBe(heard);
});

test.each([
  ['my number is four three', 3],
  ['my number is 4 3 dash', 3],
  ['my number is 43198', 3],
  ['four three he said', 4],
  ['four three.', 0],
  ['', 0],
])('shows %j up to word %d while more may come', (heard, count) => {
  expect(shownBeforeDigits(heard.split(' ').filter(Boolean))).toBe(count);
});
