import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatText, NUMERALS, PROFANITY, REDACTIONS, type TextFormat, textFormat } from '../src/index.ts';
import { SEED, sentence, timed } from './support/spoken.ts';

const write = (text: string, format: Partial<TextFormat>, options = {}) =>
  formatText({ text, words: timed(text) }, textFormat(format), options).text;

test('as heard gives the very same object', () => {
  const heard = { text: 'four three', words: timed('four three') };
  expect(formatText(heard, textFormat())).toBe(heard);
});

test('redaction comes first, and wins over numerals', () => {
  const heard = 'shit, four three one nine eight and twenty five at john 42 at example dot com';
  for (const numerals of NUMERALS) expect(write(heard, { numerals, redact: ['digits'] })).toMatch(/^shit, \[digits\] and/);
  expect(write(heard, { numerals: 'digits', profanity: 'mask', redact: ['email', 'digits'] })).toBe('s***, [digits] and 25 at [email]');
  // The number in the address does not keep it from being one.
  expect(write('john 4319 at example dot com', { redact: ['digits', 'email'] })).toBe('[email]');
});

test('a text without words, or with others, is written all the same', () => {
  expect(formatText({ text: 'pin 4319', words: [] }, textFormat({ redact: ['digits'] }))).toEqual({ text: 'pin [digits]', words: [] });
  const { text, words } = formatText({ text: 'pin 4319!', words: timed('pin 4 3 1 9') }, textFormat({ redact: ['digits'] }));
  expect([text, words.map((word) => word.text)]).toEqual(['pin [digits]!', ['pin', '[digits]']]);
});

test('a word with spaces in it is several', () => {
  const heard = { text: 'pin 4319', words: [{ text: ' pin 4319', confidence: 1, startMs: 0, endMs: 700 }] };
  expect(formatText(heard, textFormat({ redact: ['digits'] }))).toEqual({
    text: 'pin [digits]',
    words: [
      { text: 'pin', confidence: 1, startMs: 0, endMs: 300 },
      { text: '[digits]', confidence: 1, startMs: 300, endMs: 700 },
    ],
  });
});

test('what may yet grow into something to redact is held back', () => {
  const redact = REDACTIONS;
  expect(write('my number is four three', { redact }, { isUnfinished: true })).toBe('my number');
  expect(write('my number is four three', { redact: ['digits'] }, { isUnfinished: true })).toBe('my number is');
  expect(write('my number is four three', { numerals: 'digits' }, { isUnfinished: true })).toBe('my number is four three');
  expect(write('4319', { redact }, { isUnfinished: true })).toBe('');
});

test('what began before goes on here, and what was written before is left alone', () => {
  const precededBy = 'my number is four three one nine'.split(' ');
  expect(write('eight two, thanks', { redact: ['digits'] }, { precededBy })).toBe('[digits], thanks');
  expect(write('at example dot com, thanks', { redact: ['email'] }, { precededBy: ['john'] })).toBe('[email], thanks');
  expect(write('thanks', { redact: ['digits'] }, { precededBy })).toBe('thanks');
});

const format = fc.record({
  numerals: fc.constantFrom(...NUMERALS),
  profanity: fc.constantFrom(...PROFANITY),
  redact: fc.subarray([...REDACTIONS]),
});

test('the words joined are the text, in order, within the time of those that were heard', () => {
  fc.assert(
    fc.property(sentence, format, fc.boolean(), (text, given, isUnfinished) => {
      const heard = { text, words: timed(text) };
      const written = formatText(heard, given, { isUnfinished });
      expect(written.words.map((word) => word.text).join(' ')).toBe(written.text);
      let earliestMs = 0;
      for (const { text: word, startMs, endMs, confidence } of written.words) {
        expect(word).toMatch(/^\S+$/u);
        expect(startMs).toBeGreaterThanOrEqual(earliestMs);
        expect(endMs).toBeGreaterThanOrEqual(startMs);
        expect(heard.words.some((other) => other.confidence === confidence)).toBe(true);
        earliestMs = endMs;
      }
      if (!isUnfinished) expect(written.words.at(-1)?.endMs).toBe(heard.words.at(-1)?.endMs);
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});

const FOUR_DIGITS = /\p{Nd}(?:[^\p{L}\p{N}]*\p{Nd}){3}/u;
const ADDRESS = /[^\s@]@[^\s@]+\.[^\s@]/u;

test('no four digits in a row and no address survive redaction, in whatever form they are written afterwards', () => {
  fc.assert(
    fc.property(sentence, fc.constantFrom(...NUMERALS), fc.boolean(), (text, numerals, isUnfinished) => {
      const heard = { text, words: timed(text) };
      const written = formatText(heard, textFormat({ numerals, redact: REDACTIONS }), { isUnfinished });
      const inDigits = formatText(written, textFormat({ numerals: 'digits' }));
      for (const each of [written.text, inDigits.text]) {
        expect(each).not.toMatch(FOUR_DIGITS);
        expect(each).not.toMatch(ADDRESS);
      }
    }),
    { seed: SEED, numRuns: 3_000 },
  );
});

test('an unfinished text shows no digit that the finished one redacts', () => {
  fc.assert(
    fc.property(sentence, fc.nat(14), (text, count) => {
      const words = text.split(' ').slice(0, count).join(' ');
      const finished = write(text, { redact: ['digits'] });
      const shown = write(words, { redact: ['digits'] }, { isUnfinished: true });
      expect(finished.startsWith(shown.replace(/\[digits\]\S*$/u, '[digits]'))).toBe(true);
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});

test('redaction and numerals done twice change nothing more', () => {
  fc.assert(
    fc.property(sentence, format, (text, given) => {
      const once = formatText({ text, words: timed(text) }, { ...given, numerals: 'as-heard' });
      expect(formatText(once, { ...given, numerals: 'as-heard' }).text).toBe(once.text);
    }),
    { seed: SEED, numRuns: 1_000 },
  );
});
