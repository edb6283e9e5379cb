import { expect, test } from 'vitest';
import { isForcedStartBelievable } from '../../src/moonshine/forced-start.ts';
import { parameters } from '../support/moonshine-tiny.ts';

const weights = parameters.forcedStart!;
const spoken = { voicedMs: 1500, peakProbability: 1, meanProbability: 0.95 };
const hardlySpoken = { voicedMs: 300, peakProbability: 0.62, meanProbability: 0.46 };

function found(
  logProbabilities: readonly number[],
  { tokenIds = logProbabilities.map((_, index) => 100 + index), hasReachedCap = false } = {},
) {
  return { tokenIds, logProbabilities, endProbabilityAtStart: 0.7, hasForcedStart: true, hasReachedCap };
}

test('believes a sure text of a clip that the detector is sure of', () => {
  expect(isForcedStartBelievable(found([-0.5, -0.1, -0.1, -0.1, -0.1]), spoken, weights)).toBe(true);
});

test('believes a single word whose first token is unsure, as those of single words are', () => {
  expect(isForcedStartBelievable(found([-1.7, -0.2]), spoken, weights)).toBe(true);
});

test('does not believe what is written of noise: unsure from the second token on', () => {
  expect(isForcedStartBelievable(found([-1.4, -0.9, -1.1, -0.8]), spoken, weights)).toBe(false);
});

test('asks for more certainty where the detector is less certain', () => {
  const text = found([-1.34, -0.53, -0.5]);
  expect(isForcedStartBelievable(text, spoken, weights)).toBe(true);
  expect(isForcedStartBelievable(text, hardlySpoken, weights)).toBe(false);
});

test('does not believe a single token', () => {
  expect(isForcedStartBelievable(found([-0.05]), spoken, weights)).toBe(false);
});

test('does not believe a text that goes in circles, nor one that was cut at the cap', () => {
  const circle = Array.from({ length: 15 }, (_, index) => 100 + (index % 5));
  const sure = circle.map(() => -0.05);
  expect(isForcedStartBelievable(found(sure, { tokenIds: circle }), spoken, weights)).toBe(false);
  expect(isForcedStartBelievable(found(sure), spoken, weights)).toBe(true);
  expect(isForcedStartBelievable(found(sure, { hasReachedCap: true }), spoken, weights)).toBe(false);
});

test('believes a digit that is said some times in a row', () => {
  const row = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? 100 : 200));
  expect(
    isForcedStartBelievable(
      found(
        row.map(() => -0.05),
        { tokenIds: row },
      ),
      spoken,
      weights,
    ),
  ).toBe(true);
});

test.each([0, 1])('takes a detector that says %d', (meanProbability) => {
  expect(() => isForcedStartBelievable(found([-0.5, -0.1]), { ...spoken, meanProbability }, weights)).not.toThrow();
});
