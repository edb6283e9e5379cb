import { expect, test } from 'vitest';
import { KeywordTrees } from '../../src/moonshine/keyword-trees.ts';
import { Tokenizer } from '../../src/moonshine/tokenizer.ts';
import { source } from '../support/moonshine-tiny.ts';

const create = (): KeywordTrees => new KeywordTrees(new Tokenizer(source.files.vocabulary), { perToken: 1, maximum: 4 });

test('builds a tree once for lists that say the same', () => {
  const trees = create();
  const tree = trees.of(['Thornton', 'Hale']);
  expect(trees.of(['Thornton', 'Hale'])).toBe(tree);
  expect(trees.of(['Hale'])).not.toBe(tree);
});

test('keeps the lists that were asked for last', () => {
  const trees = create();
  const tree = trees.of(['first']);
  for (let count = 0; count < 7; count += 1) trees.of([`other ${count}`]);
  expect(trees.of(['first'])).toBe(tree);
  for (let count = 0; count < 8; count += 1) trees.of([`another ${count}`]);
  expect(trees.of(['first'])).not.toBe(tree);
});

test('there is no tree of nothing', () => {
  expect(create().of()).toBeUndefined();
  expect(create().of([])).toBeUndefined();
  expect(create().of([' '])).toBeUndefined();
});
