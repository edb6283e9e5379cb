import { expect, test } from 'vitest';
import { type GreedySearchOptions, NotANumberError, type StepDecoder, searchGreedily } from '../../src/moonshine/greedy-search.ts';

const START = 1;
const END = 2;
const OPTIONS: GreedySearchOptions = { startTokenId: START, endTokenId: END, maximumTokens: 10, now: () => 0 };

/** A decoder that favours the given tokens one after another and notes what it is fed. */
function scripted(script: readonly number[], fed: number[] = []): StepDecoder {
  const logits = new Float32Array(6);
  return {
    async step(tokenId) {
      const favourite = script[fed.length] ?? END;
      fed.push(tokenId);
      logits.fill(0);
      logits[favourite] = 3;
      return logits;
    },
  };
}

test('feeds the start token, then each token it wrote, and stops at the end token', async () => {
  const fed: number[] = [];
  const result = await searchGreedily(scripted([4, 5, END, 3], fed), OPTIONS);
  expect(result.tokenIds).toEqual([4, 5]);
  expect(fed).toEqual([START, 4, 5]);
  expect(result.hasReachedCap).toBe(false);
});

test('gives the probability of each token under a softmax over all logits', async () => {
  const { logProbabilities, endProbabilityAtStart } = await searchGreedily(scripted([4]), OPTIONS);
  const total = Math.exp(3) + 5;
  // Tolerance: double arithmetic on float32 logits that are exact here.
  expect(Math.exp(logProbabilities[0] ?? 0)).toBeCloseTo(Math.exp(3) / total, 12);
  expect(endProbabilityAtStart).toBeCloseTo(1 / total, 12);
});

test('begins with the next best token when it may not end at once, and ends later as ever', async () => {
  const logits = [Float32Array.of(0, 0, 4, 3, 0, 0), Float32Array.of(0, 0, 4, 3, 0, 0)];
  const scores = { step: async () => logits.shift()! };
  const result = await searchGreedily(scores, { ...OPTIONS, forcesStart: true });
  expect(result).toMatchObject({ tokenIds: [3], hasForcedStart: true, hasReachedCap: false });
  const [others, end] = [Math.exp(3) + 4, Math.exp(4)];
  // Of what is left without the end token.
  expect(Math.exp(result.logProbabilities[0] ?? 0)).toBeCloseTo(Math.exp(3) / others, 6);
  expect(result.endProbabilityAtStart).toBeCloseTo(end / (others + end), 6);
});

test('forces nothing where the text begins by itself', async () => {
  const result = await searchGreedily(scripted([4, END]), { ...OPTIONS, forcesStart: true });
  expect(result).toMatchObject({ tokenIds: [4], hasForcedStart: false });
});

test('does not overflow on large logits', async () => {
  const logits = Float32Array.of(3e38, -3e38, 2.9e38);
  const { logProbabilities } = await searchGreedily({ step: async () => logits }, { ...OPTIONS, maximumTokens: 1 });
  expect(logProbabilities).toEqual([0]);
});

test('takes the first of equal logits', async () => {
  const { tokenIds } = await searchGreedily({ step: async () => Float32Array.of(0, 0, 0, 7, 7) }, { ...OPTIONS, maximumTokens: 1 });
  expect(tokenIds).toEqual([3]);
});

test('says when the cap cut the text', async () => {
  const result = await searchGreedily(scripted([3, 3, 3, 3]), { ...OPTIONS, maximumTokens: 3 });
  expect(result).toMatchObject({ tokenIds: [3, 3, 3], hasReachedCap: true });
});

test.each([
  [Number.NaN, 0, 0],
  [0, Number.NaN, 0],
  [0, 0, Number.NaN],
  [0, Number.POSITIVE_INFINITY, 0],
  [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  [],
])('refuses logits [%f, %f, %f] at the first step', async (...logits) => {
  let steps = 0;
  const decoder = {
    async step() {
      steps += 1;
      return Float32Array.from(logits);
    },
  };
  await expect(searchGreedily(decoder, OPTIONS)).rejects.toThrow(NotANumberError);
  expect(steps).toBe(1);
});

test('stops between two steps when the signal is aborted, with its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('the speaker went on');
  let steps = 0;
  const decoder = {
    async step() {
      steps += 1;
      if (steps === 3) {
        controller.abort(reason);
      }
      return Float32Array.of(0, 0, 0, 9);
    },
  };
  await expect(searchGreedily(decoder, { ...OPTIONS, signal: controller.signal })).rejects.toBe(reason);
  expect(steps).toBe(3);
});

test('lets timers run while a decoder never leaves the microtask queue', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('stop')), 0);
  let nowMs = 0;
  const options = { ...OPTIONS, maximumTokens: 1_000_000, now: () => (nowMs += 10), signal: controller.signal };
  await expect(searchGreedily({ step: async () => Float32Array.of(0, 0, 0, 9) }, options)).rejects.toThrow('stop');
});
