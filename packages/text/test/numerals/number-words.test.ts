import { expect, test } from 'vitest';
import { NUMBER_WORDS, numberMeanings } from '../../src/numerals/number-words.ts';

test('reads hyphened words part by part, whatever their case', () => {
  expect(numberMeanings('Twenty-Five')).toEqual([
    { type: 'tens', value: 20 },
    { type: 'digit', value: 5, isOh: false },
  ]);
  expect(numberMeanings('twenty-something')).toBeUndefined();
  expect(numberMeanings('')).toBeUndefined();
});

test('ordinals have the values of their numbers', () => {
  const ordinals = ['ninth', 'nineteenth', 'ninetieth', 'hundredth', 'trillionth'].map((word) => NUMBER_WORDS.get(word));
  expect(ordinals).toEqual([9, 19, 90, 100, 1e12].map((value) => ({ type: 'ordinal', value })));
});
