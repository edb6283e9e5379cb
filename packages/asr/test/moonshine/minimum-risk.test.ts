import { expect, test } from 'vitest';
import { findLeastRisk } from '../../src/moonshine/minimum-risk.ts';

const texts = (...pairs: (readonly [string, number])[]) =>
  pairs.map(([text, probability]) => ({ text, logProbability: Math.log(probability) - 300 }));

test('of two texts it is the more probable one', () => {
  const index = findLeastRisk(texts(['go home', 0.2], ['go on', 0.6]));
  expect(index).toBe(1);
});

test('a text that shares its words with others beats one that is a little more probable', () => {
  const index = findLeastRisk(texts(['turn the lights off', 0.4], ['burn the light of', 0.3], ['turn the light of', 0.3]));
  expect(index).toBe(2);
});

test('case and punctuation are no difference', () => {
  const index = findLeastRisk(texts(['it is late', 0.4], ["It's late.", 0.3], ["it's late", 0.3]));
  expect(index).toBe(1);
});

test('one text is the only choice, and the first of equals is taken', () => {
  expect(findLeastRisk(texts(['yes', 1e-200]))).toBe(0);
  expect(findLeastRisk(texts(['', 0.5], ['', 0.5]))).toBe(0);
});
