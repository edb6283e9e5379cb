import { expect, test } from 'vitest';
import { splitText } from '../src/index.ts';

test('parts a text at white space of any kind', () => {
  expect(splitText('  a b\n c\u00a0d ')).toEqual(['a', 'b', 'c', 'd']);
  expect(splitText('')).toEqual([]);
});
