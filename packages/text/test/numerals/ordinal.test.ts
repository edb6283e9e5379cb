import { expect, test } from 'vitest';
import { formatOrdinal, readOrdinal } from '../../src/numerals/ordinal.ts';
import { placeOf } from '../support/place.ts';

test.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [11, '11th'],
  [112, '112th'],
  [122, '122nd'],
  [10_000, '10,000th'],
])('%d is %s', (value, text) => {
  expect(formatOrdinal(value)).toBe(text);
});

test('first to ninth stay words unless they are a day', () => {
  expect(readOrdinal(placeOf('third'))).toEqual({ end: 1 });
  expect(readOrdinal(placeOf('third', 'May'))).toEqual({ end: 1, text: '3rd' });
  expect(readOrdinal(placeOf('third', undefined, ['of', 'May']))).toEqual({ end: 1, text: '3rd' });
  expect(readOrdinal(placeOf('third', 'may'))).toEqual({ end: 1 });
});

test('parts of something stay words', () => {
  expect(readOrdinal(placeOf('tenth', 'a'))).toEqual({ end: 1 });
  expect(readOrdinal(placeOf('one hundredth'))).toBeUndefined();
});

test('an ordinal needs a free place in the number before it', () => {
  expect(readOrdinal(placeOf('twenty third'))).toEqual({ end: 2, text: '23rd' });
  expect(readOrdinal(placeOf('fifteen third'))).toBeUndefined();
  expect(readOrdinal(placeOf('two hundred and twentieth'))).toEqual({ end: 4, text: '220th' });
});
