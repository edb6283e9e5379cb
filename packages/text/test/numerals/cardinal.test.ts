import { expect, test } from 'vitest';
import { readBelowHundred, readCardinal } from '../../src/numerals/cardinal.ts';
import { numberMeanings } from '../../src/numerals/number-words.ts';

const meaningsOf = (text: string) => numberMeanings(text.replaceAll(' ', '-')) ?? [];

test.each([
  ['five', 5, 1],
  ['twenty five six', 25, 2],
  ['two hundred and five', 205, 4],
  ['two hundred and', 200, 2],
  ['twelve hundred', 1200, 2],
  ['three thousand and four', 3004, 4],
  ['one million two thousand three', 1_002_003, 5],
  ['two thousand three thousand', 2003, 3],
  ['zero five', 0, 1],
  ['five zero', 5, 1],
])('%s is %d', (text, value, end) => {
  expect(readCardinal(meaningsOf(text), 0)).toMatchObject({ value, end });
});

test('a hundred alone is one hundred only where it is implied', () => {
  expect(readCardinal(meaningsOf('hundred and five'), 0)).toBeUndefined();
  expect(readCardinal(meaningsOf('hundred and five'), 0, true)).toMatchObject({ value: 105, end: 3 });
  expect(readCardinal(meaningsOf('thousand'), 0, true)).toMatchObject({ value: 1000, end: 1, lastScale: 1000 });
});

test('below a hundred there is no hundred', () => {
  expect(readBelowHundred(meaningsOf('forty two hundred'), 0)).toEqual({ value: 42, end: 2 });
  expect(readBelowHundred(meaningsOf('oh'), 0)).toBeUndefined();
});
