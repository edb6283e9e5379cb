import { expect, test } from 'vitest';
import { isTextLikely } from '../../src/moonshine/unlikely-text.ts';
import { parameters } from '../support/moonshine-tiny.ts';

const weights = parameters.unlikelyText!;
const tokens = (count: number, logProbability: number): number[] => Array<number>(count).fill(logProbability);
/** How long a clip is in which somebody says so much: four tokens a second, and the silence around them. */
const audioMsOf = (logProbabilities: readonly number[]): number => 600 + 250 * logProbabilities.length;
const isLikely = (logProbabilities: readonly number[], audioMs = audioMsOf(logProbabilities)): boolean =>
  isTextLikely(logProbabilities, audioMs, weights);

test('believes a sure text, however long, and however fast', () => {
  for (const count of [1, 2, 10, 150]) {
    expect(isLikely(tokens(count, -0.3))).toBe(true);
    expect(isLikely(tokens(count, -0.3), 160 * count)).toBe(true);
  }
});

test('believes a short word under noise, of which the model is less sure', () => {
  expect(isLikely([-1.33, -0.69])).toBe(true);
  expect(isLikely([-1.9, -0.05])).toBe(true);
});

test('does not believe a sentence in which the model is sure of hardly a word', () => {
  expect(isLikely(tokens(12, -1.3))).toBe(false);
  expect(isLikely(tokens(2, -2.2))).toBe(false);
});

test('asks more of many tokens than of a few, and of those that come fast', () => {
  expect(isLikely(tokens(2, -1))).toBe(true);
  expect(isLikely(tokens(20, -1))).toBe(false);
  const unsure = tokens(12, -0.8);
  expect(isLikely(unsure, 4_000)).toBe(true);
  expect(isLikely(unsure, 1_800)).toBe(false);
});

test('takes probabilities of 0, and a text without tokens', () => {
  expect(isLikely([Number.NEGATIVE_INFINITY])).toBe(false);
  expect(isLikely([...tokens(40, -0.1), Number.NEGATIVE_INFINITY])).toBe(true);
  expect(isLikely([])).toBe(true);
});
