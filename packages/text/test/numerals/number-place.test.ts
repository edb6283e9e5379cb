import { expect, test } from 'vitest';
import { formatInteger } from '../../src/numerals/number-place.ts';

test('sets thousands apart from five digits on', () => {
  expect([0, 1984, 9999, 10_000, 1_234_567].map(formatInteger)).toEqual(['0', '1984', '9999', '10,000', '1,234,567']);
});
