import { expect, test } from 'vitest';
import { readStepByStep } from '../../src/moonshine/step-reading.ts';

const [START, END] = [1, 2];

test('feeds the text behind the start token and asks each step for the next token, the end after the last', async () => {
  const fed: number[] = [];
  const decoder = {
    step: async (tokenId: number) => {
      fed.push(tokenId);
      // Of eight tokens the one after the last is as probable as all others together.
      return Float32Array.from({ length: 8 }, (_, id) => (id === tokenId + 1 ? Math.log(7) : 0));
    },
  };
  const { logProbabilities, endLogProbability } = await readStepByStep(decoder, [2, 3, 6], { startTokenId: START, endTokenId: END });
  expect(fed).toEqual([START, 2, 3, 6]);
  expect(logProbabilities.map(Math.exp).map((value) => Number(value.toFixed(4)))).toEqual([0.5, 0.5, 0.0714]);
  expect(Math.exp(endLogProbability)).toBeCloseTo(1 / 14, 6);
});
