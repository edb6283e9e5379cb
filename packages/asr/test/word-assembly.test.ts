import { expect, test } from 'vitest';
import type { Token } from '../src/transcript.ts';
import { assembleWords } from '../src/word-assembly.ts';

const token = (text: string, probability = 1): Token => ({ id: 0, text, probability });
const clip = { samples: new Float32Array(16_000).fill(0.1), sampleRateHz: 16_000 };

test('joins the pieces of a word and keeps punctuation with the word before it', () => {
  const words = assembleWords([token(' Weas'), token('els'), token(','), token(' yes'), token('.')], clip);
  expect(words.map((word) => word.text)).toEqual(['Weasels,', 'yes.']);
  expect(words.every((word) => word.timing === 'estimated')).toBe(true);
});

test('a word is as sure as all its pieces together, its punctuation left out', () => {
  const [word, dash] = assembleWords([token(' Weas', 0.5), token('els', 0.5), token(',', 0.1), token(' -', 0.3)], clip);
  expect(word?.confidence).toBe(0.25);
  expect(dash?.confidence).toBe(0.3);
});

test('gives no word for tokens without text', () => {
  expect(assembleWords([token(''), token(' '), token(' a')], clip).map((word) => word.text)).toEqual(['a']);
  expect(assembleWords([], clip)).toEqual([]);
});

test('words that were heard are placed where that was, and punctuation takes no time', () => {
  const at = (frame: number) => Float32Array.from({ length: 10 }, (_, index) => (index === frame ? 1 : 0));
  const tokens = [token(' -'), token(' Weas'), token('els'), token(','), token(' yes'), token('.'), token(' -')];
  const attention = [at(9), at(1), at(3), at(0), at(6), at(0), at(2)];
  const words = assembleWords(tokens, clip, { attention, grid: { startMs: 0, frameMs: 100 } });
  expect(words.map(({ text, startMs, endMs }) => [text, startMs, endMs])).toEqual([
    ['-', 0, 0],
    ['Weasels,', 0, 600],
    ['yes.', 600, 1000],
    ['-', 1000, 1000],
  ]);
  expect(words.every(({ timing }) => timing === 'aligned')).toBe(true);
});

test('more words than frames are estimated', () => {
  const attention = [Float32Array.of(1), Float32Array.of(1)];
  const words = assembleWords([token(' a'), token(' b')], clip, { attention, grid: { startMs: 0, frameMs: 1000 } });
  expect(words.map(({ timing }) => timing)).toEqual(['estimated', 'estimated']);
});

test('gives no word for nothing heard', () => {
  expect(assembleWords([], clip, { attention: [], grid: { startMs: 0, frameMs: 24 } })).toEqual([]);
});
