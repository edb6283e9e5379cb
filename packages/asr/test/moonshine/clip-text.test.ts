import { expect, test } from 'vitest';
import { ClipText } from '../../src/moonshine/clip-text.ts';

const END = 2;
const open = (maximumTokens = 10, forcesStart = false) => new ClipText({ endTokenId: END, maximumTokens, forcesStart });
const step = (tokenId: number, probability = 0.5, endProbability = 0.25) => ({
  tokenId,
  probability,
  runnerUpId: 6,
  runnerUpProbability: 0.1,
  endProbability,
});

test('holds what was written, with the logarithms of its probabilities', () => {
  const text = open();
  text.write([step(7, 0.5, 0.125), step(8, 0.25)]);
  text.write([step(9, 1)]);
  expect(text.lastTokenId).toBe(9);
  expect(text.remainingTokens).toBe(7);
  expect(text.result()).toEqual({
    tokenIds: [7, 8, 9],
    logProbabilities: [Math.log(0.5), Math.log(0.25), 0],
    endProbabilityAtStart: 0.125,
    hasForcedStart: false,
    hasReachedCap: true,
  });
});

test('ends with the end token and leaves out what comes after it', () => {
  const text = open();
  text.write([step(7), step(END), step(8)]);
  expect(text.remainingTokens).toBe(0);
  expect(text.result()).toMatchObject({ tokenIds: [7], hasReachedCap: false });
});

test('keeps the probability of the end at the first step even when it ends there', () => {
  const text = open();
  text.write([step(END, 0.75, 0.75)]);
  expect(text.result()).toMatchObject({ tokenIds: [], endProbabilityAtStart: 0.75, hasReachedCap: false });
});

test('begins with the second best token when it may not end at once', () => {
  const text = open(10, true);
  text.write([step(END, 0.75, 0.75)]);
  text.write([step(8, 0.5, 0.3), step(END, 0.9, 0.9)]);
  expect(text.result()).toEqual({
    tokenIds: [6, 8],
    // What is left of the probability is shared by the others.
    logProbabilities: [Math.log(0.1 / 0.25), Math.log(0.5)],
    endProbabilityAtStart: 0.75,
    hasForcedStart: true,
    hasReachedCap: false,
    endLogProbability: Math.log(0.9),
  });
});

test('forces nothing where the text begins by itself, or where nothing may be written', () => {
  const text = open(10, true);
  text.write([step(7), step(END, 0.75, 0.75)]);
  expect(text.result()).toMatchObject({ tokenIds: [7], hasForcedStart: false, hasReachedCap: false });
  const short = open(0, true);
  short.write([step(END, 0.75, 0.75)]);
  expect(short.result()).toMatchObject({ tokenIds: [], hasForcedStart: false });
});

test('has finite probabilities even where the end leaves none', () => {
  const text = open(10, true);
  text.write([{ ...step(END, 1, 1), runnerUpProbability: 0 }]);
  expect(text.result().logProbabilities[0]).toBeLessThan(-700);
  expect(Number.isFinite(text.result().logProbabilities[0])).toBe(true);
});

test('has no last token and no room where nothing may be written', () => {
  const text = open(0);
  expect(text.lastTokenId).toBeUndefined();
  expect(text.remainingTokens).toBe(0);
  expect(text.result()).toMatchObject({ tokenIds: [], hasReachedCap: true });
});

test.each([Number.NaN, 0])('refuses a probability of %d, saying at which step', (probability) => {
  const text = open();
  expect(() => text.write([step(7), step(8, probability)])).toThrow('step 1');
});

test('keeps where each token was heard, and says nothing of it where the graph does not', () => {
  const text = open(10, true);
  const heard = [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(0.5, 0.5)] as const;
  text.write([{ ...step(END, 0.75, 0.75), attention: heard[0] }]);
  text.write([
    { ...step(8), attention: heard[1] },
    { ...step(END, 0.9, 0.9), attention: heard[2] },
  ]);
  expect(text.result().attention).toEqual([heard[0], heard[1]]);
  const silent = open();
  silent.write([step(7), step(END)]);
  expect(silent.result()).not.toHaveProperty('attention');
});
