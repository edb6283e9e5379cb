import { describe, expect, test } from 'vitest';
import type { GreedySearchResult } from '../../src/moonshine/greedy-search.ts';
import { Tokenizer } from '../../src/moonshine/tokenizer.ts';
import { TranscriptWriter } from '../../src/moonshine/transcript-writer.ts';
import { seededFloats } from '../support/built-graph.ts';
import { parameters, source } from '../support/moonshine-tiny.ts';

const texts = new Tokenizer(source.files.vocabulary);
const writer = new TranscriptWriter(texts, parameters);
const timings = { encoderMs: 3, decoderMs: 4 };
const clip = { samples: seededFloats(8_000, 1) };
const yes = Array.from({ length: 32_000 }, (_, id) => id).find((id) => texts.decode([id])[0] === ' yes')!;
const plain: GreedySearchResult = {
  tokenIds: [yes],
  logProbabilities: [Math.log(0.5)],
  endProbabilityAtStart: 0.25,
  hasForcedStart: false,
  hasReachedCap: false,
};

test('says what was found in a clip, how long that is, and what it took', () => {
  expect(writer.write(plain, { ...clip, effort: 'balanced' }, timings)).toMatchObject({
    text: 'yes',
    tokens: [{ id: yes, text: ' yes', probability: 0.5 }],
    words: [{ text: 'yes', confidence: 0.5 }],
    confidence: 0.5,
    meanLogProbability: Math.log(0.5),
    noSpeechProbability: 0.25,
    guards: [],
    timings,
    audioMs: 500,
    effort: 'balanced',
  });
});

test('an empty text says why, and how sure the model is of it', () => {
  const empty = writer.write({ ...plain, tokenIds: [], logProbabilities: [], endProbabilityAtStart: 0.9 }, clip, timings);
  expect(empty).toMatchObject({ text: '', emptyReason: 'no_speech', confidence: 0.9, noSpeechProbability: 0.9, words: [], guards: [] });
  expect(empty.meanLogProbability).toBe(0);
  expect(writer.silence(clip)).toMatchObject({ text: '', emptyReason: 'silence', guards: ['silence'], confidence: 1 });
});

test('a forced text without evidence of speech is no text', () => {
  const forced = { ...plain, tokenIds: [yes, yes], logProbabilities: [Math.log(0.9), Math.log(0.9)], hasForcedStart: true };
  expect(writer.write(forced, clip, timings)).toMatchObject({ text: '', emptyReason: 'no_speech' });
  const speech = { voicedMs: 480, peakProbability: 0.999, meanProbability: 0.98 };
  expect(writer.write(forced, { ...clip, speech }, timings)).toMatchObject({ text: 'yes yes', guards: ['forced_start'] });
});

test('a runaway repetition is cut to its first occurrence, and both guards say so', () => {
  const runaway = { ...plain, tokenIds: Array<number>(20).fill(yes), logProbabilities: Array<number>(20).fill(-0.01), hasReachedCap: true };
  const { text, guards, tokens } = writer.write(runaway, clip, timings);
  expect(guards).toEqual(['token_cap', 'repetition']);
  expect(tokens.length).toBeLessThan(20);
  expect(text).toMatch(/^yes/);
});

describe('with what the probabilities of the model are worth', () => {
  const calibrated = new TranscriptWriter(texts, parameters, {
    fast: [
      [0.4, 0.2],
      [0.6, 0.6],
    ],
    best: [[0.5, 0.9]],
  });
  const twice = { ...plain, tokenIds: [yes, yes], logProbabilities: [Math.log(0.5), Math.log(0.6)] };

  test('words have the probability with which such words are right, the transcript their mean', () => {
    const { words, confidence, tokens, meanLogProbability } = calibrated.write(twice, clip, timings);
    expect(words.map((word) => word.confidence)).toEqual([expect.closeTo(0.4, 12), 0.6]);
    expect(confidence).toBeCloseTo(0.5, 12);
    // What the model itself says stays.
    expect(tokens.map(({ probability }) => probability)).toEqual([0.5, expect.closeTo(0.6, 12)]);
    expect(meanLogProbability).toBeCloseTo((Math.log(0.5) + Math.log(0.6)) / 2, 12);
  });

  test('each effort has its own; one that nobody has measured has the probability of the model', () => {
    const confidenceAt = (effort: 'fast' | 'balanced' | 'best') => calibrated.write(plain, { ...clip, effort }, timings).confidence;
    expect([confidenceAt('fast'), confidenceAt('balanced'), confidenceAt('best')]).toEqual([expect.closeTo(0.4, 12), 0.5, 0.9]);
  });
});

test('a runaway repetition in the middle is taken out, and what follows keeps its own probabilities', () => {
  const [no, ...others] = [yes + 1, yes + 2, yes + 3, yes + 4];
  const loop = Array.from({ length: 5 }, () => others).flat();
  const tokenIds = [yes, ...loop, no!];
  const found = { ...plain, tokenIds, logProbabilities: tokenIds.map((_, index) => -0.001 * index) };
  const { guards, tokens } = writer.write(found, clip, timings);
  expect(guards).toEqual(['repetition']);
  expect(tokens.map(({ id }) => id)).toEqual([yes, ...others, no]);
  expect(tokens.at(-1)!.probability).toBeCloseTo(Math.exp(-0.001 * (tokenIds.length - 1)), 12);
});

test('a text that the model is too unsure of is left out, and the guard says so', () => {
  const unsure = { ...plain, tokenIds: [yes, yes + 1, yes + 2, yes + 3], logProbabilities: [-1.5, -1.4, -2, -1.6] };
  expect(writer.write(unsure, clip, timings)).toMatchObject({ text: '', tokens: [], emptyReason: 'filtered', guards: ['unlikely_text'] });
  const { unlikelyText: _, ...unmeasured } = parameters;
  expect(new TranscriptWriter(texts, unmeasured).write(unsure, clip, timings)).toMatchObject({
    guards: [],
    text: expect.stringMatching(/./),
  });
});

test('a text that the guards cut may be unlikely as well, and both are told', () => {
  const loop = Array.from({ length: 4 }, () => [yes, yes + 1, yes + 2, yes + 3]).flat();
  const unsure = { ...plain, tokenIds: loop, logProbabilities: loop.map(() => -1.5) };
  expect(writer.write(unsure, clip, timings).guards).toEqual(['repetition', 'unlikely_text']);
});
