import { expect, test } from 'vitest';
import { calibrationBins, expectedCalibrationError, type JudgedConfidence } from '../../src/summary/calibration.ts';

const words = (count: number, confidence: number, rightCount: number): JudgedConfidence[] =>
  Array.from({ length: count }, (_, index) => ({ confidence, isRight: index < rightCount }));

test('is nothing where the share of right words is the confidence', () => {
  expect(expectedCalibrationError([...words(10, 0.5, 5), ...words(10, 0.9, 9)], 2)).toBeCloseTo(0, 12);
});

test('averages the distance of the bins over the words, whichever side they are off to', () => {
  const judged = [...words(10, 0.5, 8), ...words(10, 0.9, 8)];
  expect(expectedCalibrationError(judged, 2)).toBeCloseTo((0.3 + 0.1) / 2, 12);
  // In one bin the two make up for each other in part.
  expect(expectedCalibrationError(judged, 1)).toBeCloseTo(0.1, 12);
});

test('makes ten bins of the same number of words, the least confident first', () => {
  const judged = Array.from({ length: 100 }, (_, index) => ({ confidence: (99 - index) / 100, isRight: index < 50 }));
  const bins = calibrationBins(judged);
  expect(bins.map(({ count }) => count)).toEqual(Array(10).fill(10));
  expect(bins[0]).toEqual({ count: 10, meanConfidence: expect.closeTo(0.045, 12), rightRatio: 0 });
  expect(bins[9]).toEqual({ count: 10, meanConfidence: expect.closeTo(0.945, 12), rightRatio: 1 });
});

test('does not depend on the order of words of equal confidence', () => {
  const judged = [...words(15, 0.8, 6), ...words(5, 0.9, 5)];
  expect(calibrationBins(judged, 10)).toEqual(calibrationBins(judged.toReversed(), 10));
  expect(calibrationBins(judged, 10).map(({ count }) => count)).toEqual([15, 5]);
});

test('counts every word once when the bins do not come out even', () => {
  const judged = Array.from({ length: 7 }, (_, index) => ({ confidence: index / 7, isRight: true }));
  for (const binCount of [1, 2, 3, 7, 10]) {
    expect(calibrationBins(judged, binCount).reduce((sum, { count }) => sum + count, 0)).toBe(7);
  }
});

test('has no figure where there is no word', () => {
  expect(calibrationBins([])).toEqual([]);
  expect(expectedCalibrationError([])).toBeNaN();
});

test.each([-0.1, 1.1, Number.NaN])('refuses a confidence of %d', (confidence) => {
  expect(() => expectedCalibrationError([{ confidence, isRight: true }])).toThrow(/confidence must be 0-1/);
});

test.each([0, 1.5, -1])('refuses %d bins', (binCount) => {
  expect(() => calibrationBins([], binCount)).toThrow(/binCount/);
});
