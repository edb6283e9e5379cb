import { expect, test } from 'vitest';
import { KEYWORD_LIMITS, KeywordTree } from '../../src/moonshine/keyword-tree.ts';
import { Tokenizer } from '../../src/moonshine/tokenizer.ts';
import { RecognizerError } from '../../src/recognizer-error.ts';
import { source } from '../support/moonshine-tiny.ts';

const tokenizer = new Tokenizer(source.files.vocabulary);
const treeOf = (phrases: readonly string[], bonus = { perToken: 1, maximum: 100 }) => new KeywordTree(phrases, tokenizer, bonus);
const tokens = (text: string): number => tokenizer.encode(text).length;

/** What a whole text is worth. */
function worth(phrases: readonly string[], text: string): number {
  return treeOf(phrases).worthOf(tokenizer.encode(` ${text}`));
}

test('a phrase is worth something for each of its tokens, wherever it stands', () => {
  expect(tokens(' Thornton')).toBeGreaterThan(1);
  expect(worth(['Thornton'], 'Thornton')).toBe(tokens(' Thornton'));
  expect(worth(['Thornton'], 'said Mr. Thornton, and left')).toBe(tokens(' Thornton'));
  expect(worth(['Thornton'], "Thornton's and Thornton.")).toBe(2 * tokens(' Thornton'));
  expect(worth(['Thornton'], 'somebody else')).toBe(0);
});

test('gives back what it got when the text leaves a phrase or its last word', () => {
  const tree = treeOf(['Thornton Hall']);
  const begun = tokenizer.encode(' Thornton').reduce((progress, id) => tree.advance(progress, id), tree.start);
  expect(begun.bonus).toBe(tokens(' Thornton'));
  expect(tree.worthAtEnd(begun)).toBe(0);
  expect(tree.advance(begun, tokenizer.encode(' and')[0]!).bonus).toBe(0);
  expect(worth(['Thorn'], 'Thornton')).toBe(0);
  expect(worth(['Thorn'], 'Thorn')).toBe(tokens(' Thorn'));
});

test('nothing begins inside a word', () => {
  expect(worth(['ton'], 'Thornton')).toBe(0);
});

test('knows a phrase in small letters and with capitals', () => {
  for (const listed of ['margaret hale', 'Margaret Hale', 'MARGARET HALE']) {
    expect(worth([listed], 'margaret hale')).toBe(tokens(' margaret hale'));
    expect(worth([listed], 'Margaret Hale')).toBe(tokens(' Margaret Hale'));
  }
  expect(worth(['NASA'], 'NASA')).toBe(tokens(' NASA'));
  expect(worth(['rigor mortis'], 'Rigor mortis')).toBe(tokens(' Rigor mortis'));
});

test('counts the longest of the phrases that begin alike, once', () => {
  const phrases = ['New York', 'New York City', 'York'];
  expect(worth(phrases, 'New York City.')).toBe(tokens(' New York City'));
  expect(worth(phrases, 'New York, City')).toBe(tokens(' New York'));
  expect(worth(phrases, 'York')).toBe(tokens(' York'));
});

test('goes on with a phrase that began inside of one that was left', () => {
  expect(worth(['red fox hole', 'fox trot'], 'red fox trot')).toBe(tokens(' fox trot'));
});

test('no phrase is worth more than the most', () => {
  const tree = treeOf(['Thornton Hall in Milton'], { perToken: 1, maximum: 2.5 });
  expect(tree.worthOf(tokenizer.encode(' Thornton Hall in Milton'))).toBe(2.5);
});

test('says which tokens are on the way of a phrase', () => {
  const tree = treeOf(['Thornton']);
  const [first, second] = tokenizer.encode(' Thornton');
  expect(tree.isListed(tree.start, first!)).toBe(true);
  expect(tree.isListed(tree.start, second!)).toBe(false);
  expect(tree.isListed(tree.advance(tree.start, first!), second!)).toBe(true);
});

test('passes over what holds nothing', () => {
  expect(treeOf(['', '  ']).isEmpty).toBe(true);
  expect(treeOf(['a']).isEmpty).toBe(false);
});

test('refuses lists that are too long and phrases that are', () => {
  const { phrases, characters } = KEYWORD_LIMITS;
  const list = Array.from({ length: phrases }, (_, place) => `${place}`.padEnd(characters, 'x'));
  expect(treeOf(list).isEmpty).toBe(false);
  expect(() => treeOf([...list, 'one more'])).toThrow(RecognizerError);
  expect(() => treeOf(['fine', 'x'.repeat(characters + 1)])).toThrow(expect.objectContaining({ code: 'keywords_refused' }));
});
