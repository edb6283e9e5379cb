import type { Token, Transcript, Word } from '@outspoken/asr';
import { expect, test } from 'vitest';
import { countRepeatedWords, withoutFirstWords } from '../src/index.ts';

function words(text: string): string[] {
  return text.split(' ').filter(Boolean);
}

function word(text: string, startMs: number): Word {
  return { text, startMs, endMs: startMs + 100, confidence: text === 'so.' ? 0.9 : 0.6, timing: 'estimated' };
}

function token(text: string, probability: number): Token {
  return { id: 1, text, probability };
}

/** "it was-n't so." in five tokens. */
const HEARD: Transcript = {
  text: "It wasn't so.",
  tokens: [token(' It', 0.5), token(' was', 0.5), token("n't", 0.4), token(' so', 0.9), token('.', 0.9)],
  words: [word('It', 0), word("wasn't", 100), word('so.', 200)],
  confidence: 0.7,
  meanLogProbability: -0.4,
  noSpeechProbability: 0.01,
  guards: [],
  timings: { encoderMs: 1, decoderMs: 1 },
  audioMs: 300,
  effort: 'fast',
};

test.each([
  ['the absence of the.', 'The detailed reference', 1],
  ['and there it is.', 'It is the best of times.', 2],
  ['the position and temperature of', 'the body', 0],
  ['of the river the', 'river', 0],
  ['', 'The river', 0],
  ['the river', '', 0],
  ['no -', '- no', 0],
])('"%s" before a split and "%s" behind it share %i words', (before, after, count) => {
  expect(countRepeatedWords(words(before), words(after))).toBe(count);
});

test('believes that a word too long for what both parts hear was said twice', () => {
  expect(countRepeatedWords(words('here is some more words words'), words('words words and'))).toBe(0);
  expect(countRepeatedWords(words('one of the'), words('of the river'))).toBe(0);
});

test('leaves words out together with their tokens, and is as sure as of the rest', () => {
  const rest = withoutFirstWords(HEARD, 2);
  expect(rest).toMatchObject({ text: 'so.', words: [word('so.', 200)], tokens: HEARD.tokens.slice(3) });
  expect(rest.confidence).toBe(0.9);
  expect(rest.meanLogProbability).toBeCloseTo(Math.log(0.9), 10);
});

test('leaves a transcript as it is when nothing is repeated', () => {
  expect(withoutFirstWords(HEARD, 0)).toBe(HEARD);
});

test('has no text left when all of it was said before', () => {
  expect(withoutFirstWords(HEARD, 3)).toMatchObject({ text: '', words: [], tokens: [], emptyReason: 'filtered', confidence: 0.01 });
});
