import { expect, test } from 'vitest';
import { countCharacterErrors, countWordErrors, editCount, errorRatio, NO_ERRORS, sumErrors } from '../../src/errors/error-counts.ts';
import { PLAIN, WHISPER_ENGLISH } from '../../src/normalisation/normaliser.ts';

test('counts a substitution, a deletion and an insertion', () => {
  expect(countWordErrors('One two three, four five six.', 'one too four five six seven', PLAIN)).toEqual({
    substitutions: 1,
    deletions: 1,
    insertions: 1,
    referenceCount: 6,
  });
});

test('counts what was said to nobody, and what nobody said', () => {
  expect(countWordErrors('go on', '', PLAIN)).toEqual({ ...NO_ERRORS, deletions: 2, referenceCount: 2 });
  expect(countWordErrors('', 'you', PLAIN)).toEqual({ ...NO_ERRORS, insertions: 1 });
});

test('counts no error where only the writing differs', () => {
  expect(editCount(countWordErrors('mister hale paid twenty five dollars', 'Mr. Hale paid $25.', WHISPER_ENGLISH))).toBe(0);
});

test('counts characters, with the spaces between words', () => {
  expect(countCharacterErrors('A cat!', 'a bat sat', PLAIN)).toEqual({ substitutions: 1, deletions: 0, insertions: 4, referenceCount: 5 });
});

test('sums errors and divides them by the words of the reference', () => {
  const sum = sumErrors([countWordErrors('one two', 'one', PLAIN), countWordErrors('three four', 'three four five', PLAIN)]);
  expect(sum).toEqual({ substitutions: 0, deletions: 1, insertions: 1, referenceCount: 4 });
  expect(errorRatio(sum)).toBe(0.5);
  expect(errorRatio(NO_ERRORS)).toBeNaN();
});
