import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indicesWithoutRepetition } from '../src/repetition-guard.ts';

const keptTokens = (tokenIds: readonly number[], hasReachedCap: boolean): (number | undefined)[] =>
  indicesWithoutRepetition(tokenIds, hasReachedCap).map((index) => tokenIds[index]);
const countKept = (tokenIds: readonly number[], hasReachedCap: boolean): number => indicesWithoutRepetition(tokenIds, hasReachedCap).length;
const repeat = (block: readonly number[], times: number): number[] => Array.from({ length: times }, () => block).flat();

test('reduces a block that occurs three times at the end to its first occurrence', () => {
  expect(countKept([1, 2, 3, ...repeat([4, 5, 6, 7, 8], 3)], false)).toBe(8);
});

test('counts an unfinished last occurrence as part of the repetition', () => {
  expect(countKept([1, ...repeat([4, 5, 6, 7, 8], 3), 4, 5], false)).toBe(6);
});

test('takes two occurrences for a runaway only when the cap cut the text', () => {
  const block = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
  expect(countKept([1, 2, ...repeat(block, 2)], true)).toBe(13);
  expect(countKept([1, 2, ...repeat(block, 2)], false)).toBe(24);
});

test('stops a single token that is written again and again', () => {
  expect(countKept([1, 2, ...repeat([9], 30)], true)).toBe(3);
});

test('leaves what people repeat on purpose', () => {
  const noNoNo = repeat([694, 29892], 6);
  const byeBye = [490, 12, 490, 13];
  const oneOneTwoTwo = [29896, 29892, 29896, 29892, 29906, 29892, 29906];
  const tenSevens = repeat([29955], 10);
  const tomorrow = [4, 21, 22, 4, 21, 22, 4, 23];
  const fourFourFourFour = repeat([100], 4);
  const anaphora = [3, 4, 5, 6, 7, 8, 9, 3, 4, 5, 6, 7, 8, 10, 3, 4, 5, 6, 7, 8, 11];
  for (const tokenIds of [noNoNo, byeBye, oneOneTwoTwo, tenSevens, tomorrow, fourFourFourFour, anaphora]) {
    expect(countKept(tokenIds, false)).toBe(tokenIds.length);
  }
});

test('takes the repeats out of the middle of a text, and leaves what follows them', () => {
  expect(keptTokens([1, ...repeat([4, 5, 6, 7, 8], 4), 2, 3], false)).toEqual([1, 4, 5, 6, 7, 8, 2, 3]);
  // The beginning of one more occurrence may be that of something else.
  expect(keptTokens([...repeat([4, 5, 6, 7, 8], 3), 4, 5, 9], false)).toEqual([4, 5, 6, 7, 8, 4, 5, 9]);
  expect(keptTokens([...repeat([4, 5, 6, 7, 8], 3), 1, ...repeat([4, 5, 6, 7, 8], 3)], false)).toEqual([4, 5, 6, 7, 8, 1, 4, 5, 6, 7, 8]);
});

test('catches loops of phrases of two to eight words, wherever they are', () => {
  for (let words = 2; words <= 8; words += 1) {
    const phrase = Array.from({ length: words }, (_, word) => 10 + word);
    const times = Math.max(3, 1 + Math.ceil((words === 2 ? 16 : 10) / words));
    expect(keptTokens([1, 2, ...repeat(phrase, times), 3], false)).toEqual([1, 2, ...phrase, 3]);
    expect(keptTokens([1, 2, ...repeat(phrase, times)], false)).toEqual([1, 2, ...phrase]);
  }
});

test('does not take two occurrences in the middle for a runaway, whatever became of the end', () => {
  const twice = [...repeat([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], 2), 1];
  expect(countKept(twice, true)).toBe(twice.length);
});

test('drops only tokens that occur before, and always keeps the first occurrence', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 10, max: 99 }), { maxLength: 20 }),
      fc.array(fc.integer({ min: 6, max: 9 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      (prefix, block, times, hasReachedCap) => {
        const tokenIds = [...prefix, ...repeat(block, times)];
        const kept = countKept(tokenIds, hasReachedCap);
        expect(kept >= Math.min(tokenIds.length, prefix.length + 1)).toBe(true);
        expect(kept <= tokenIds.length).toBe(true);
        if (block.length * (times - 1) >= 16 && times >= 3) {
          expect(kept <= prefix.length + block.length).toBe(true);
        }
      },
    ),
    { seed: 20261124 },
  );
});
