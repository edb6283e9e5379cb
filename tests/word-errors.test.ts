import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignWords, countWordErrors, normaliseWords, sumWordErrors, wordErrorRatio } from './support/word-errors.ts';

test('keeps words and drops case, punctuation and outer apostrophes', () => {
  expect(normaliseWords(`"There's iron," they say: 'tis in ALL our blood…`)).toEqual(
    ['there’s', 'iron', 'they', 'say', 'tis', 'in', 'all', 'our', 'blood'].map((word) => word.replace('’', "'")),
  );
});

test('splits hyphens and spells titles out', () => {
  expect(normaliseWords('Mr. Thornton, a shop-boy; Mrs. Hale and Dr. Who')).toEqual(
    'mister thornton a shop boy missus hale and doctor who'.split(' '),
  );
});

test('gives no words for punctuation alone', () => {
  expect(normaliseWords(" . - ' ")).toEqual([]);
});

test('counts a substitution, a deletion and an insertion', () => {
  expect(countWordErrors('one two three four five six', 'one too four five six seven')).toEqual({
    substitutions: 1,
    deletions: 1,
    insertions: 1,
    referenceWords: 6,
  });
  expect(countWordErrors('one two', '')).toEqual({ substitutions: 0, deletions: 2, insertions: 0, referenceWords: 2 });
  expect(countWordErrors('', 'you')).toEqual({ substitutions: 0, deletions: 0, insertions: 1, referenceWords: 0 });
});

const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });

test('an alignment accounts for every word, is symmetric, and is free only between equal texts', () => {
  fc.assert(
    fc.property(words, words, (reference, hypothesis) => {
      const forward = alignWords(reference, hypothesis);
      const backward = alignWords(hypothesis, reference);
      const edits = forward.substitutions + forward.deletions + forward.insertions;
      expect(reference.length - forward.deletions + forward.insertions).toBe(hypothesis.length);
      expect(backward.substitutions + backward.deletions + backward.insertions).toBe(edits);
      expect(edits <= Math.max(reference.length, hypothesis.length)).toBe(true);
      expect(edits === 0).toBe(reference.join() === hypothesis.join());
    }),
    { seed: 20261124 },
  );
});

test('sums errors and divides them by the words of the reference', () => {
  const sum = sumWordErrors([countWordErrors('one two', 'one'), countWordErrors('three four', 'three four five')]);
  expect(sum).toEqual({ substitutions: 0, deletions: 1, insertions: 1, referenceWords: 4 });
  expect(wordErrorRatio(sum)).toBe(0.5);
});
