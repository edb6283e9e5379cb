import { expect, test } from 'vitest';
import { applyRewrites } from '../src/rewrite.ts';
import { timed } from './support/spoken.ts';

test('a word in the place of several begins with the first, ends with the last and is as sure as the least sure', () => {
  const words = applyRewrites(timed('it is twenty five dollars'), [{ from: 2, to: 4, texts: ['25'] }]);
  expect(words.map(({ text }) => text)).toEqual(['it', 'is', '25', 'dollars']);
  expect(words[2]).toEqual({ text: '25', startMs: 200, endMs: 390, confidence: 0.9 - 3 / 10 });
});

test('several words in the place of one share its time by their lengths', () => {
  const [first, second] = applyRewrites(timed('25'), [{ from: 0, to: 1, texts: ['twenty', 'one'] }]);
  expect([first?.startMs, first?.endMs, second?.startMs, second?.endMs]).toEqual([0, 60, 60, 90]);
});

test('words keep what else they carry', () => {
  const words = [{ text: 'two', confidence: 1, startMs: 0, endMs: 5, timing: 'aligned' }];
  expect(applyRewrites(words, [{ from: 0, to: 1, texts: ['2'] }])).toEqual([{ ...words[0], text: '2' }]);
});

test('the time of a word that ends before it begins is not made worse', () => {
  const words = [{ text: '25', confidence: 1, startMs: 9, endMs: 3 }];
  const written = applyRewrites(words, [{ from: 0, to: 1, texts: ['twenty', 'five'] }]);
  expect(written.map(({ endMs }) => endMs)).toEqual([3, 3]);
});
