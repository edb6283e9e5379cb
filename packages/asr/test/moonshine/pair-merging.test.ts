import { expect, test } from 'vitest';
import { mergePairs } from '../../src/moonshine/pair-merging.ts';

const merge = (text: string, pieces: readonly string[]): string[] =>
  mergePairs([...text], (piece) => {
    const id = pieces.indexOf(piece);
    return id < 0 ? undefined : id;
  });

test('joins what was learnt first, whatever is longer', () => {
  expect(merge('abc', ['bc', 'ab', 'abc'])).toEqual(['abc']);
  expect(merge('abc', ['ab', 'bc'])).toEqual(['ab', 'c']);
  expect(merge('abc', ['bc', 'ab'])).toEqual(['a', 'bc']);
});

test('joins pieces that were joined before', () => {
  expect(merge('abab', ['ab', 'abab'])).toEqual(['abab']);
  expect(merge('xaab', ['aa', 'aab'])).toEqual(['x', 'aab']);
});

test('takes the first of equal pairs, and leaves alone what is no piece', () => {
  expect(merge('aaa', ['aa'])).toEqual(['aa', 'a']);
  expect(merge('xyz', [])).toEqual(['x', 'y', 'z']);
  expect(merge('', [])).toEqual([]);
});
