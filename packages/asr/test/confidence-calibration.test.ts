import { readModelManifest } from '@outspoken/models';
import { describe, expect, test } from 'vitest';
import { type ConfidenceKnot, calibrateConfidence, checkCalibration } from '../src/confidence-calibration.ts';

const KNOTS: readonly ConfidenceKnot[] = [
  [0.2, 0.1],
  [0.6, 0.5],
  [0.9, 0.98],
];

test('is what a knot says at the knot, and on the line between two', () => {
  expect([0.2, 0.6, 0.9].map((probability) => calibrateConfidence(probability, KNOTS))).toEqual([0.1, 0.5, 0.98]);
  expect(calibrateConfidence(0.4, KNOTS)).toBeCloseTo(0.3, 12);
  expect(calibrateConfidence(0.75, KNOTS)).toBeCloseTo(0.74, 12);
});

test('is never surer than the last knot nor less sure than the first', () => {
  expect([0, 0.1, 0.95, 1].map((probability) => calibrateConfidence(probability, KNOTS))).toEqual([0.1, 0.1, 0.98, 0.98]);
  expect(calibrateConfidence(0.3, [[0.5, 0.7]])).toBe(0.7);
});

test('leaves the probability of the model as it is where nobody has measured what it is worth', () => {
  expect([0, 0.3, 1].map((probability) => calibrateConfidence(probability))).toEqual([0, 0.3, 1]);
  expect(calibrateConfidence(0.3, [])).toBe(0.3);
});

test('the order of words stays', () => {
  const probabilities = Array.from({ length: 101 }, (_, index) => calibrateConfidence(index / 100, KNOTS));
  expect(probabilities).toEqual([...probabilities].sort((first, second) => first - second));
});

describe('knots of a manifest', () => {
  test('those of our own hold, each effort has them', () => {
    const { wordConfidence = {} } = readModelManifest('moonshine-tiny');
    expect(Object.keys(checkCalibration(wordConfidence))).toEqual(['fast', 'balanced', 'best']);
    expect(readModelManifest('moonshine-base').wordConfidence).toBeUndefined();
  });

  test.each([
    [[[0, 0.5]]],
    [[[0.5, 1]]],
    [[[0.5, Number.NaN]]],
    [[[0.5]]],
    [[[0.1, 0.2, 0.3]]],
    [
      [
        [0.5, 0.5],
        [0.4, 0.6],
      ],
    ],
    [
      [
        [0.4, 0.5],
        [0.5, 0.4],
      ],
    ],
  ])('refuses %j', (knots) => {
    expect(() => checkCalibration({ fast: knots as unknown as ConfidenceKnot[] })).toThrow(/^wordConfidence of fast must/);
  });
});
