import { expect, test } from 'vitest';
import { ProbabilityHistory } from '../src/probability-history.ts';

test('finds the lowest frame of a span, the last of equals', () => {
  const history = filled([0.9, 0.1, 0.5, 0.3, 0.3, 0.8, 0.2]);
  expect(history.lowestFrame(2, 6)).toBe(4);
  expect(history.lowestFrame(0, 7)).toBe(1);
  expect(history.lowestFrame(5, 6)).toBe(5);
});

test('sums up the voiced frames of a span', () => {
  const { evidence, voicedEndFrame } = filled([0.9, 0.1, 0.35, 0.85, 0.3]).voicedSpan(1, 5, 0.35);
  expect(evidence).toEqual({ voicedMs: 64, peakProbability: 0.85, meanProbability: 0.6 });
  expect(voicedEndFrame).toBe(4);
});

test('reports a span without a voiced frame as such', () => {
  const span = filled([0.1, 0.2, 0.3]).voicedSpan(1, 3, 0.35);
  expect(span).toEqual({ evidence: { voicedMs: 0, peakProbability: 0, meanProbability: 0 }, voicedEndFrame: 1 });
});

test('refuses frames that are overwritten or not there yet', () => {
  const history = filled([0.1, 0.2, 0.3, 0.4, 0.5], 3);
  expect(history.lowestFrame(2, 5)).toBe(2);
  expect(() => history.lowestFrame(1, 5)).toThrow(RangeError);
  expect(() => history.voicedSpan(3, 6, 0.35)).toThrow(RangeError);
});

function filled(probabilities: readonly number[], capacityFrames = 10): ProbabilityHistory {
  const history = new ProbabilityHistory(capacityFrames, 32);
  for (const probability of probabilities) history.push(probability);
  return history;
}
