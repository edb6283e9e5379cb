import { expect, test } from 'vitest';
import { joinCommaRows } from '../../src/numerals/comma-row.ts';
import { writeDigits } from '../../src/numerals/write-digits.ts';
import { through } from '../support/spoken.ts';

test.each([
  ['Two, six, zero, one, eight.', '26018.'],
  ['my code is five one, eight oh, thanks', 'my code is 5180, thanks'],
  ['number two, six, zero, one', 'number 2601'],
])('%s → %s', (heard, written) => {
  expect(through(joinCommaRows, heard)).toBe(written);
  expect(through(writeDigits, heard)).toBe(written);
});

test.each([
  'one, two, three, four, five',
  'four, three, two, one, zero!',
  'two, six, one',
  'five, oh. one, eight',
  'two, six, one, four hundred',
  'oh, one, five, two',
])('stays: %s', (heard) => {
  expect(through(joinCommaRows, heard)).toBe(heard);
});

test('a row without commas is not its business', () => {
  expect(joinCommaRows('five one eight one'.split(' '))).toEqual([]);
});
