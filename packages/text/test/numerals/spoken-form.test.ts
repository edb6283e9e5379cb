import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spokenForm } from '../../src/numerals/spoken-form.ts';
import { SEED } from '../support/spoken.ts';

test.each([
  ['0', 'zero'],
  ['42', 'forty-two'],
  ['305', 'three hundred five'],
  ['4000', 'four thousand'],
  ['1984', 'nineteen eighty-four'],
  ['2005', 'two thousand five'],
  ['2024', 'twenty twenty-four'],
  ['1905', 'nineteen oh five'],
  ['43198', 'four three one nine eight'],
  ['43,198', 'forty-three thousand one hundred ninety-eight'],
  ['007', 'zero zero seven'],
  ['3.14', 'three point one four'],
  ['.5', 'zero point five'],
  ['21st', 'twenty-first'],
  ['12.5%', 'twelve point five percent'],
  ['$1', 'one dollar'],
  ['£1.01', 'one pound and one penny'],
  ['$1.5', 'one point five dollars'],
  ['€1,200', 'one thousand two hundred euros'],
  ['3:30', 'three thirty'],
  ['3:05pm', 'three oh five pm'],
  ['3:00', "three o'clock"],
  ['3:00am', 'three am'],
  ['7pm', 'seven pm'],
  ['1980s', 'nineteen eighties'],
  ['80s', 'eighties'],
  ['10-15', 'ten to fifteen'],
  ['-5', 'minus five'],
  ['555-1234', 'five five five one two three four'],
  ['+44', 'plus four four'],
  ['2026-11-27', 'two zero two six one one two seven'],
  ['0th', 'zeroth'],
])('reads %s as %s', (written, spoken) => {
  expect(spokenForm(written)).toBe(spoken);
});

test.each(['B2B', 'word', '4x4', '', '%', 'COVID-19'])('does not read %j', (core) => {
  expect(spokenForm(core)).toBeUndefined();
});

test('reads a number of any length', () => {
  expect(spokenForm('9'.repeat(40))).toBe(Array(40).fill('nine').join(' '));
  expect(spokenForm('123,456,789,012,345,678')).toMatch(/^one hundred twenty-three quadrillion/);
});

test('reads whatever looks like a number in words only, or not at all', () => {
  const unit = fc.constantFrom(...'0123456789,.:-%$£€+()st'.split(''));
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 60 }), (core) => {
      expect(spokenForm(core) ?? '').toMatch(/^[a-z' -]*$/);
      expect(spokenForm(core) ?? 'nothing').not.toMatch(/undefined|^$/);
    }),
    { seed: SEED, numRuns: 5_000 },
  );
});

test('names end somewhere', () => {
  const digits = '1'.repeat(20);
  for (const core of [`$${digits}`, `${digits}th`, `11,${'111,'.repeat(6)}111`]) expect(spokenForm(core)).toMatch(/^one one one/);
});
