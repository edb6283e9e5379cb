import { expect, test } from 'vitest';
import { NumberReader } from '../../src/normalisation/number-reader.ts';

function read(text: string): string {
  const reader = new NumberReader();
  const words = text.split(' ');
  for (const [index, word] of words.entries()) {
    reader.read(words[index - 1], word, words[index + 1]);
  }
  return reader.finish().join(' ');
}

test.each([
  ['six hundred twelve', '612'],
  ['seventy six thousand five hundred and four', '76504'],
  ['eighteen sixty five', '1865'],
  ['six thirty two', '632'],
  ['six seven eight', '678'],
  ['one point oh five', '1.05'],
  ['seven point five thousand', '7500'],
  ['point two five hundred', '25'],
  ['nineteen eighties', '1980s'],
  ['sixty second', '62nd'],
  ['four hundred thousandth', '400000th'],
  ['triple four double oh', '44400'],
  ['minus six', '-6'],
  ['plus forty', '+40'],
  ['eight hundred euros', '€800'],
  ['thirty percent or forty per cent', '30% or 40%'],
  ['six per day', '6 per day'],
])('%s is written %s', (spoken, written) => {
  expect(read(spoken)).toBe(written);
});

test('leaves words of numbers alone that stand for none', () => {
  expect(read('minus the point and double trouble per person pound')).toBe('minus the point and double trouble per person pound');
});

test('keeps the noughts in front of a row of digits', () => {
  expect(read('0043')).toBe('0043');
  expect(read('double oh four three')).toBe('0043');
});

test('goes on after digits', () => {
  expect(read('3 thousand')).toBe('3000');
  expect(read('3 4')).toBe('3 4');
  expect(read('$5 million')).toBe('$5000000');
});
