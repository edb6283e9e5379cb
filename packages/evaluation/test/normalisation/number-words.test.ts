import { expect, test } from 'vitest';
import { MULTIPLIERS, NUMBER_WORDS } from '../../src/normalisation/number-words.ts';

test.each([
  ['nine', 9n, ''],
  ['sixes', 6n, 's'],
  ['eighth', 8n, 'th'],
  ['second', 2n, 'nd'],
  ['twelfth', 12n, 'th'],
  ['forties', 40n, 's'],
  ['ninetieth', 90n, 'th'],
  ['millionth', 1_000_000n, 'th'],
  ['zeroth', 0n, 'th'],
])('%s is %s with %j', (word, value, suffix) => {
  expect(NUMBER_WORDS.get(word)).toMatchObject({ value, suffix });
});

test('multipliers are powers of a thousand beyond the hundred', () => {
  expect(MULTIPLIERS.get('decillion')).toBe(10n ** 33n);
});
