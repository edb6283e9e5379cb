import { expect, test } from 'vitest';
import { changesText, DEFAULT_TEXT_FORMAT, textFormat } from '../src/index.ts';

test('what is not given is as heard', () => {
  expect(textFormat()).toEqual(DEFAULT_TEXT_FORMAT);
  expect(textFormat({ redact: ['email'] })).toEqual({ numerals: 'as-heard', profanity: 'as-heard', redact: ['email'] });
});

test('knows whether a format changes anything', () => {
  expect(changesText(DEFAULT_TEXT_FORMAT)).toBe(false);
  expect(
    [{ numerals: 'digits' }, { profanity: 'mask' }, { redact: ['digits'] }].map((given) => changesText(textFormat(given as object))),
  ).toEqual([true, true, true]);
});
