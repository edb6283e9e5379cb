import { expect, test } from 'vitest';
import { readDecimal } from '../../src/numerals/decimal.ts';
import { placeOf } from '../support/place.ts';

test('reads the digits behind the point one by one, or as a pair', () => {
  expect(readDecimal(placeOf('three point one four oh'))).toEqual({ end: 5, text: '3.140' });
  expect(readDecimal(placeOf('three point twenty five'))).toEqual({ end: 4, text: '3.25' });
});

test('a point without a number on each side is none', () => {
  expect(readDecimal(placeOf('three point'))).toBeUndefined();
  expect(readDecimal(placeOf('three'))).toBeUndefined();
  expect(readDecimal(placeOf('point five'))).toBeUndefined();
});
