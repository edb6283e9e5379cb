import { expect, test } from 'vitest';
import { plainText } from '../../src/normalisation/plain.ts';

test('keeps words and drops case, punctuation and outer apostrophes', () => {
  expect(plainText(`"There’s iron," they say: 'tis in ALL our blood…`)).toBe("there's iron they say tis in all our blood");
});

test('splits hyphens, keeps letters of every script and their marks', () => {
  expect(plainText('A shop-boy, café, naïve — हिन्दी')).toBe('a shop boy café naïve हिन्दी');
});

test('gives nothing for punctuation alone', () => {
  expect(plainText(" . - ' ")).toBe('');
});
