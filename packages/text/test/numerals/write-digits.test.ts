import { expect, test } from 'vitest';
import { writeDigits } from '../../src/numerals/write-digits.ts';
import { through } from '../support/spoken.ts';

test.each([
  ['twenty five dollars', '25 dollars'],
  ['Twenty-five dollars, please.', '25 dollars, please.'],
  ['four three one nine eight', '43198'],
  ['My code is double five oh two.', 'My code is 5502.'],
  ['call five five five twelve thirty four now', 'call 5551234 now'],
  ['forty three thousand one hundred and ninety eight', '43,198'],
  ['two hundred and five people', '205 people'],
  ['a hundred and five people', '105 people'],
  ['two thousand nineteen', '2019'],
  ['nineteen hundred', '1900'],
  ['about two million people', 'about 2 million people'],
  ['two million three hundred thousand', '2,300,000'],
  ['“twenty.”', '“20.”'],
])('%s → %s', (heard, written) => {
  expect(through(writeDigits, heard)).toBe(written);
});

test.each([
  ['three point one four', '3.14'],
  ['zero point five', '0.5'],
  ['three point twenty five', '3.25'],
  ['one point five million people', '1.5 million people'],
  ['the point five of them made', 'the point five of them made'],
])('decimals: %s → %s', (heard, written) => {
  expect(through(writeDigits, heard)).toBe(written);
});

test.each([
  ['the twenty third of May', 'the 23rd of May'],
  ['the twenty second time', 'the 22nd time'],
  ['a twenty second break', 'a 20 second break'],
  ['the tenth, eleventh and twelfth', 'the 10th, 11th and 12th'],
  ['March third', 'March 3rd'],
  ['the third of May', 'the 3rd of May'],
  ['one hundred and first', '101st'],
  ['the two hundredth', 'the 200th'],
])('ordinals: %s → %s', (heard, written) => {
  expect(through(writeDigits, heard)).toBe(written);
});

test.each([
  ['nineteen eighty four', '1984'],
  ['in twenty twenty four', 'in 2024'],
  ['in twenty ten', 'in 2010'],
  ['in nineteen oh five', 'in 1905'],
  ['the nineteen eighties', 'the nineteen eighties'],
])('years: %s → %s', (heard, written) => {
  expect(through(writeDigits, heard)).toBe(written);
});

test.each([
  ['at three thirty', 'at 3:30'],
  ['ten fifteen pm', '10:15 pm'],
  ['at five oh five', 'at 5:05'],
  ["five o'clock", "5 o'clock"],
  ['room three thirty', 'room 330'],
  ['three thirty', 'three thirty'],
  ['one twenty three', 'one twenty three'],
])('times and pairs: %s → %s', (heard, written) => {
  expect(through(writeDigits, heard)).toBe(written);
});

test.each([
  'one never knows',
  'no one was there',
  'wait a second',
  'first of all',
  'a third of them, one tenth of these',
  'two of them',
  'one two',
  'one, two, three, four',
  'a hundred times, a million thanks',
  'hundreds of thousands',
  'three four five hundred',
  'oh no',
  'and so on and on',
])('stays as it is: %s', (heard) => {
  expect(through(writeDigits, heard)).toBe(heard);
});

test('one to nine are digits where something is measured or named', () => {
  expect(through(writeDigits, 'five percent of two dollars in chapter seven')).toBe('5 percent of 2 dollars in chapter 7');
});

test('what is in digits already stays', () => {
  expect(through(writeDigits, '25 dollars in 1984, 4 3 1')).toBe('25 dollars in 1984, 4 3 1');
});
