import { expect, test } from 'vitest';
import { readPair, readYear } from '../../src/numerals/year-and-time.ts';
import { placeOf } from '../support/place.ts';

const LABELS = new Set(['room']);

test('reads years from 1300 on', () => {
  expect(readYear(placeOf('fourteen fifty-five'))).toEqual({ end: 3, text: '1455' });
  expect(readYear(placeOf('sixteen twenty'))).toEqual({ end: 2, text: '1620' });
  expect(readYear(placeOf('twenty oh one'))).toEqual({ end: 3, text: '2001' });
});

test.each(['fifteen twenty', 'sixteen seventeen'])('%s may be two numbers', (text) => {
  expect(readYear(placeOf(text))).toEqual({ end: 2 });
});

test.each(['nineteen eighty thousand', 'nineteen', 'thirty forty'])('%s is no year', (text) => {
  expect(readYear(placeOf(text))).toBeUndefined();
});

test('a pair is a time behind at, a label behind room, and otherwise stays', () => {
  expect(readPair(placeOf('three thirty', 'at'), LABELS)).toEqual({ end: 2, text: '3:30' });
  expect(readPair(placeOf('three thirty', undefined, ['pm']), LABELS)).toEqual({ end: 2, text: '3:30' });
  expect(readPair(placeOf('three thirty', 'Room'), LABELS)).toEqual({ end: 2, text: '330' });
  expect(readPair(placeOf('three thirty'), LABELS)).toEqual({ end: 2 });
  expect(readPair(placeOf('three ninety', 'at'), LABELS)).toEqual({ end: 2 });
  expect(readPair(placeOf('three thirty thousand'), LABELS)).toBeUndefined();
});
