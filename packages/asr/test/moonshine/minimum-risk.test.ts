import { expect, test } from 'vitest';
import { leastRisk } from '../../src/moonshine/minimum-risk.ts';

const texts = (...pairs: (readonly [string, number])[]) =>
  pairs.map(([text, probability]) => ({ text, logProbability: Math.log(probability) - 300 }));

test('of two texts it is the more probable one, and says how probable that is', () => {
  const { index, certainty } = leastRisk(texts(['go home', 0.2], ['go on', 0.6]));
  expect(index).toBe(1);
  expect(certainty).toBeCloseTo(0.75, 6);
});

test('a text that shares its words with others beats one that is a little more probable', () => {
  const { index, certainty } = leastRisk(texts(['turn the lights off', 0.4], ['burn the light of', 0.3], ['turn the light of', 0.3]));
  expect(index).toBe(2);
  expect(certainty).toBeCloseTo(0.4, 6);
});

test('case and punctuation are no difference', () => {
  const { index } = leastRisk(texts(['it is late', 0.4], ["It's late.", 0.3], ["it's late", 0.3]));
  expect(index).toBe(1);
});

test('one text is certain', () => {
  expect(leastRisk(texts(['yes', 1e-200]))).toEqual({ index: 0, certainty: 1 });
  expect(leastRisk(texts(['', 0.5], ['', 0.5])).index).toBe(0);
});
