import { expect, test } from 'vitest';
import type { Token } from '../src/transcript.ts';
import { assembleWords } from '../src/word-assembly.ts';

const token = (text: string, probability = 1): Token => ({ id: 0, text, probability });
const clip = new Float32Array(16_000).fill(0.1);

test('joins the pieces of a word and keeps punctuation with the word before it', () => {
  const words = assembleWords([token(' Weas'), token('els'), token(','), token(' yes'), token('.')], clip, 16_000);
  expect(words.map((word) => word.text)).toEqual(['Weasels,', 'yes.']);
  expect(words.every((word) => word.timing === 'estimated')).toBe(true);
});

test('a word is as sure as all its pieces together, its punctuation left out', () => {
  const [word, dash] = assembleWords([token(' Weas', 0.5), token('els', 0.5), token(',', 0.1), token(' -', 0.3)], clip, 16_000);
  expect(word?.confidence).toBe(0.25);
  expect(dash?.confidence).toBe(0.3);
});

test('gives no word for tokens without text', () => {
  expect(assembleWords([token(''), token(' '), token(' a')], clip, 16_000).map((word) => word.text)).toEqual(['a']);
  expect(assembleWords([], clip, 16_000)).toEqual([]);
});
