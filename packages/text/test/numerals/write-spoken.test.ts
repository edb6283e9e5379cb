import { expect, test } from 'vitest';
import { writeSpoken } from '../../src/numerals/write-spoken.ts';
import { through } from '../support/spoken.ts';

test.each([
  ['It costs $25.50.', 'It costs twenty-five dollars and fifty cents.'],
  ['about $5 million more', 'about five million dollars more'],
  ['Dial 43198.', 'Dial four three one nine eight.'],
  ['the 3rd time', 'the third time'],
  ['(555) 123-4567', 'Five hundred fifty-five one two three four five six seven'],
  ['25 people', 'Twenty-five people'],
  ['Yes. 25 people', 'Yes. Twenty-five people'],
  ['B2B and COVID-19', 'B2B and COVID-19'],
  ['no number', 'no number'],
])('%s → %s', (heard, written) => {
  expect(through(writeSpoken, heard)).toBe(written);
});
