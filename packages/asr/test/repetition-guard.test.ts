import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countTokensBeforeRepetition } from '../src/repetition-guard.ts';

const repeat = (block: readonly number[], times: number): number[] => Array.from({ length: times }, () => block).flat();

test('reduces a block that occurs three times at the end to its first occurrence', () => {
  expect(countTokensBeforeRepetition([1, 2, 3, ...repeat([4, 5, 6, 7, 8], 3)], false)).toBe(8);
});

test('counts an unfinished last occurrence as part of the repetition', () => {
  expect(countTokensBeforeRepetition([1, ...repeat([4, 5, 6, 7, 8], 3), 4, 5], false)).toBe(6);
});

test('takes two occurrences for a runaway only when the cap cut the text', () => {
  const block = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
  expect(countTokensBeforeRepetition([1, 2, ...repeat(block, 2)], true)).toBe(13);
  expect(countTokensBeforeRepetition([1, 2, ...repeat(block, 2)], false)).toBe(24);
});

test('stops a single token that is written again and again', () => {
  expect(countTokensBeforeRepetition([1, 2, ...repeat([9], 30)], true)).toBe(3);
});

test('leaves what people repeat on purpose', () => {
  const noNoNo = repeat([694, 29892], 4);
  const tomorrow = [4, 21, 22, 4, 21, 22, 4, 23];
  const fourFourFourFour = repeat([100], 4);
  const anaphora = [3, 4, 5, 6, 7, 8, 9, 3, 4, 5, 6, 7, 8, 10, 3, 4, 5, 6, 7, 8, 11];
  for (const tokenIds of [noNoNo, tomorrow, fourFourFourFour, anaphora]) {
    expect(countTokensBeforeRepetition(tokenIds, false)).toBe(tokenIds.length);
  }
});

test('leaves a repetition that is not at the end', () => {
  const tokenIds = [...repeat([4, 5, 6, 7, 8], 4), 1];
  expect(countTokensBeforeRepetition(tokenIds, true)).toBe(tokenIds.length);
});

test('drops only tokens that occur before, and always keeps the first occurrence', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 20 }),
      fc.array(fc.integer({ min: 6, max: 9 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 20 }),
      fc.boolean(),
      (prefix, block, times, hasReachedCap) => {
        const tokenIds = [...prefix, ...repeat(block, times)];
        const kept = countTokensBeforeRepetition(tokenIds, hasReachedCap);
        expect(kept >= Math.min(tokenIds.length, prefix.length + 1)).toBe(true);
        expect(kept <= tokenIds.length).toBe(true);
        if (block.length * (times - 1) >= 10 && times >= 3) {
          expect(kept <= prefix.length + block.length).toBe(true);
        }
      },
    ),
    { seed: 20261124 },
  );
});
