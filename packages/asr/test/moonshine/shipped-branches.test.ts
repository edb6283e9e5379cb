import { expect, test } from 'vitest';
import { NotANumberError } from '../../src/moonshine/greedy-search.ts';
import type { ForkableDecoder } from '../../src/moonshine/model.ts';
import { ShippedBranches } from '../../src/moonshine/shipped-branches.ts';

const END = 2;

/** A decoder whose next token is the sum of those before it; the others are the less probable the further they are from it. */
function adder(sum = 0): ForkableDecoder {
  let own = sum;
  return {
    step: async (tokenId) => {
      own += tokenId;
      return Float32Array.from({ length: 100 }, (_, id) => -Math.abs(id - own));
    },
    fork: () => adder(own),
  };
}

test('goes on with each text by itself, as often as it is named', async () => {
  const branches = new ShippedBranches(adder(), END);
  const [first] = await branches.step([{ row: 0, tokenId: 5 }]);
  expect(first!.tokenIds.slice(0, 3)).toEqual([5, 4, 6]);
  expect(first!.tokenIds).toHaveLength(64);
  const nexts = await branches.step([
    { row: 0, tokenId: 1 },
    { row: 0, tokenId: 10 },
  ]);
  expect(nexts.map(({ tokenIds }) => tokenIds[0])).toEqual([6, 15]);
  const crossed = await branches.step([
    { row: 1, tokenId: 1 },
    { row: 0, tokenId: 1 },
  ]);
  expect(crossed.map(({ tokenIds }) => tokenIds[0])).toEqual([16, 7]);
});

test('tells probabilities, that of the end too where it is not among the best', async () => {
  const [next] = await new ShippedBranches(adder(90), END).step([{ row: 0, tokenId: 0 }]);
  const { probabilities, tokenIds, endProbability } = next!;
  expect(probabilities[0]).toBeGreaterThan(0.4);
  expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1);
  expect([...probabilities].sort((a, b) => b - a)).toEqual(probabilities);
  expect(tokenIds).not.toContain(END);
  expect(endProbability).toBeGreaterThan(0);
});

test('refuses logits that are not numbers', async () => {
  const broken: ForkableDecoder = { step: async () => new Float32Array(100).fill(Number.NaN), fork: () => broken };
  await expect(new ShippedBranches(broken, END).step([{ row: 0, tokenId: 0 }])).rejects.toThrow(NotANumberError);
});
