import { expect, test } from 'vitest';
import { NO_ERRORS } from '../../src/errors/error-counts.ts';
import { countMissedPhrases } from '../../src/errors/missed-phrases.ts';
import { WHISPER_ENGLISH } from '../../src/normalisation/normaliser.ts';

const missed = (phrases: readonly string[], text: string) => countMissedPhrases(phrases, text, WHISPER_ENGLISH);

test('hears a phrase by all its words in a row, however they are written', () => {
  const text = 'A twelve-ounce Iced Coffee, with a double shot.';
  expect(missed(['twelve ounce', 'iced coffee', 'double shot'], text)).toEqual({ ...NO_ERRORS, referenceCount: 3 });
});

test('misses a phrase that is not there, or only in pieces, in another order or at the end of the text', () => {
  expect(
    missed(['brown sugar', 'coffee house', 'iced mocha', 'shot please'], 'a house coffee with brown and iced sugar mocha, shot'),
  ).toEqual({
    ...NO_ERRORS,
    deletions: 4,
    referenceCount: 4,
  });
  expect(missed(['latte'], '')).toEqual({ ...NO_ERRORS, deletions: 1, referenceCount: 1 });
});

test('does not take a part of a word for the word', () => {
  expect(missed(['late'], 'a latte')).toMatchObject({ deletions: 1 });
});

test('counts no phrase of which nothing is left', () => {
  expect(missed(['...', 'um'], 'a latte')).toEqual(NO_ERRORS);
});
