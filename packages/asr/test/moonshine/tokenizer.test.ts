import { loadModelFiles } from '@outspoken/models';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tokenizer } from '../../src/moonshine/tokenizer.ts';

const { files } = await loadModelFiles('moonshine-tiny');
const tokenizer = new Tokenizer(files.vocabulary);
const decode = (ids: readonly number[]): string => tokenizer.decode(ids).join('');

test('holds the 32000 pieces of the vocabulary', () => {
  expect(tokenizer.pieceCount).toBe(32_000);
});

test('turns pieces into text with a space where a word begins', () => {
  expect(tokenizer.decode([2646, 1327, 287])).toEqual([' gra', 'bb', 'ed']);
});

test('spells characters outside the vocabulary from their bytes', () => {
  expect(tokenizer.decode([29871, 243, 162, 169, 156, 237, 156, 141])).toEqual([' ', '', '', '', '🦙', '', '', 'Ꙋ']);
  expect(decode([13])).toBe('\n');
});

test('replaces bytes that are not UTF-8 and goes on', () => {
  expect(decode([243, 162, 287])).toBe('\uFFFDed');
  expect(decode([287, 243])).toBe('ed\uFFFD');
});

test('gives no text for control tokens, special tokens and ids beyond the model', () => {
  expect(tokenizer.decode([0, 1, 2, 32_000, 32_767, 99_999, -1])).toEqual(['', '', '', '', '', '', '']);
});

test('texts of tokens joined do not depend on where a sequence is cut between characters', () => {
  const ids = [2646, 1327, 287, 29871, 243, 162, 169, 156, 13, 2646];
  expect(decode(ids.slice(0, 8)) + decode(ids.slice(8))).toBe(decode(ids));
});

test('refuses a vocabulary that is not UTF-8', () => {
  expect(() => new Tokenizer(Uint8Array.of(0xff, 0xfe))).toThrow(TypeError);
});

test('spells what is in no piece by its bytes', () => {
  expect(tokenizer.encode(' 🦙')).toEqual([29871, 243, 162, 169, 156]);
});

test('any text comes back', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.lorem()), (text) => {
      expect(decode(tokenizer.encode(text))).toBe(text);
    }),
  );
  expect(decode(tokenizer.encode('a\ud800b'))).toBe('a\uFFFDb');
});
