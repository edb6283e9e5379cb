import { expect, test } from 'vitest';
import { dropSymbols } from '../../src/normalisation/symbols.ts';

test('takes accents off', () => {
  expect(dropSymbols('crème brûlée à la carte, łódź, straße, œuvre, smørrebrød')).toBe(
    'creme brulee a la carte  lodz  strasse  oeuvre  smorrebrod',
  );
});

test('keeps the signs of numbers and puts a space for the others', () => {
  expect(dropSymbols('$3.50 & 20%; £4 + €5 = ¢6?')).toBe('$3.50   20%  £4   €5   ¢6 ');
});

test('writes digits of other widths as digits', () => {
  expect(dropSymbols('１２ ﬁve')).toBe('12 five');
});
