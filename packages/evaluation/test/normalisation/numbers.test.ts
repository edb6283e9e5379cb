import { expect, test } from 'vitest';
import { writeNumbers } from '../../src/normalisation/numbers.ts';

test.each([
  ['two and a half thousand', '2500'],
  ['he and a half of it', 'he and a half of it'],
  ['half a million or half million', '500000 or 500000'],
  ['a320 at 30km', 'a 320 at 30 km'],
  ['the 21 st of the 1920 s', 'the 21st of the 1920s'],
  ['six dollars and five cents', '$6.05'],
  ['$0.75', '¢75'],
  ['one of these ones', 'one of these ones'],
])('%s becomes %s', (before, after) => {
  expect(writeNumbers(before)).toBe(after);
});

test('gives nothing for nothing', () => {
  expect(writeNumbers('')).toBe('');
});
