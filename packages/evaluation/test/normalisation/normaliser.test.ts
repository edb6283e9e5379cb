import { expect, test } from 'vitest';
import { findNormaliser, NORMALISERS, PLAIN, WHISPER_ENGLISH, WHISPER_ENGLISH_NUMBERS } from '../../src/normalisation/normaliser.ts';

test.each(['43198.', '4-3-1-9-8', '4, 3, 1, 9, 8', 'four three one nine eight', '43 198'])('the digits of %s count one by one', (text) => {
  expect(WHISPER_ENGLISH.words(text)).toEqual(['4', '3', 'one', '9', '8']);
});

test.each(['0 0 7', '007', 'double oh seven', 'zero zero seven'])('noughts in front count too: %s', (text) => {
  expect(WHISPER_ENGLISH.words(text)).toEqual(['0', '0', '7']);
});

test('a number counts as one word where figures of others do so', () => {
  expect(WHISPER_ENGLISH_NUMBERS.words('the year nineteen eighty four')).toEqual(['the', 'year', '1984']);
});

test('the plain one leaves numbers as they are', () => {
  expect(PLAIN.words('Press 8, or eight.')).toEqual(['press', '8', 'or', 'eight']);
});

test('no words come of an empty text', () => {
  expect(NORMALISERS.map((normaliser) => normaliser.words(' … '))).toEqual([[], [], []]);
});

test('finds a normaliser by its id', () => {
  expect(NORMALISERS.map(({ id }) => findNormaliser(id))).toEqual(NORMALISERS);
  expect(() => findNormaliser('none/1')).toThrow(expect.objectContaining({ code: 'normaliser_unknown' }));
});
