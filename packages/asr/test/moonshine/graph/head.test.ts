import { describe, expect, test } from 'vitest';
import { addEmbedding, addHead } from '../../../src/moonshine/graph/head.ts';
import { MoonshineWeights } from '../../../src/moonshine/graph/weights.ts';
import { transposeLinear } from '../../../src/onnx-graph/quantized-linear.ts';
import { floats, integers, largestDifference, runBlock, seededFloats } from '../../support/built-graph.ts';
import { parameters, source } from '../../support/moonshine-tiny.ts';
import { multiplyPlainly } from '../../support/plain-math.ts';
import { EXACT_FORMS } from '../../support/processor.ts';

const SEED = 20261125;
const weights = new MoonshineWeights(source.files);
const { width, vocabulary } = weights.sizes;
const embedding = weights.embedding();
const scale = embedding.scales[0]!;
const zeroPoint = embedding.zeroPoints[0]!;

/** The row of a token in the table. */
const rowOf = (tokenId: number): number[] =>
  Array.from({ length: width }, (_, index) => scale * (embedding.weights[tokenId * width + index]! - zeroPoint));

test('the embedding of a token is its row of the table', async () => {
  const tokenIds = [parameters.startTokenId, 0, 12_345, vocabulary - 1];
  const [y] = await runBlock({ tokens: integers(tokenIds, [tokenIds.length, 1]) }, (graph) => [addEmbedding(graph, 'tokens', embedding)]);
  expect(y!.dims).toEqual([tokenIds.length, 1, width]);
  expect(largestDifference(y!.data, tokenIds.flatMap(rowOf))).toBeLessThanOrEqual(1e-6);
});

describe.each(EXACT_FORMS)('the head with %s weights', (sign) => {
  const next = async (x: Float32Array, endTokenId = parameters.endTokenId) => {
    const rows = x.length / width;
    const [tokenIds, probabilities, endProbabilities, runnerUpIds, runnerUpProbabilities] = await runBlock(
      { x: floats(x, [rows, 1, width]) },
      (graph) => {
        const next = addHead(graph, 'x', embedding, endTokenId, sign);
        const asFloats = (id: string): string => graph.node('Cast', [id], { to: 1 });
        return [asFloats(next.tokenId), next.probability, next.endProbability, asFloats(next.runnerUpId), next.runnerUpProbability];
      },
    );
    expect([tokenIds, probabilities, endProbabilities, runnerUpIds, runnerUpProbabilities].map((result) => result!.dims)).toEqual([
      [rows, 1],
      [rows, 1],
      [rows, 1],
      [rows, 1],
      [rows, 1],
    ]);
    return {
      tokenIds: [...tokenIds!.data],
      probabilities: probabilities!.data,
      endProbabilities: endProbabilities!.data,
      runnerUpIds: [...runnerUpIds!.data],
      runnerUpProbabilities: runnerUpProbabilities!.data,
    };
  };

  test('takes the most probable token and gives its probability and that of the end', async () => {
    // Activations of the size that a layer normalisation leaves, whose logits are apart.
    const x = seededFloats(width, SEED).map((value) => 2 * value);
    const logits = multiplyPlainly(x, transposeLinear(embedding));
    const largest = logits.reduce((a, b) => Math.max(a, b));
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    const { tokenIds, probabilities, endProbabilities } = await next(x);
    const chosen = tokenIds[0]!;
    // The activations are in 8 bits, off by 4/255/√12 each: a logit is off by that times the length of a row of the table, here under 0.05.
    expect(largest - logits[chosen]!).toBeLessThanOrEqual(0.1);
    expect(Math.abs(Math.log(probabilities[0]!) - (logits[chosen]! - largest - Math.log(sum)))).toBeLessThanOrEqual(0.1);
    const end = logits[parameters.endTokenId]! - largest - Math.log(sum);
    expect(Math.abs(Math.log(endProbabilities[0]!) - end)).toBeLessThanOrEqual(0.1);
  });

  test('gives the second most probable token as well', async () => {
    const x = seededFloats(width, SEED).map((value) => 2 * value);
    const { tokenIds, probabilities, runnerUpIds, runnerUpProbabilities } = await next(x);
    expect(runnerUpIds[0]).not.toBe(tokenIds[0]);
    expect(runnerUpProbabilities[0]).toBeGreaterThan(0);
    expect(runnerUpProbabilities[0]).toBeLessThanOrEqual(probabilities[0]!);
    // The end token, if it were the second best, has its own output to compare with.
    const { endProbabilities } = await next(x, runnerUpIds[0]!);
    expect(endProbabilities[0]).toBe(runnerUpProbabilities[0]);
  });

  test('gives the end token the same probability on both outputs when it is the best', async () => {
    const x = seededFloats(width, SEED);
    const { tokenIds, probabilities } = await next(x);
    const { endProbabilities } = await next(x, tokenIds[0]!);
    expect(endProbabilities[0]).toBe(probabilities[0]);
  });

  test('reads each row for itself', async () => {
    const row = seededFloats(width, SEED);
    const rows = [row, row.toReversed().map((value) => 5 * value), row.toSorted()];
    const together = await next(Float32Array.from(rows.flatMap((values) => [...values])));
    const apart = await Promise.all(rows.map((values) => next(values)));
    expect(together.tokenIds).toEqual(apart.flatMap(({ tokenIds }) => tokenIds));
    expect(
      largestDifference(
        together.probabilities,
        apart.flatMap(({ probabilities }) => [...probabilities]),
      ),
    ).toBeLessThanOrEqual(1e-6);
    expect(new Set(together.tokenIds).size).toBeGreaterThan(1);
  });

  test('says not a number for what is none', async () => {
    const { probabilities } = await next(new Float32Array(width).fill(Number.NaN));
    expect(probabilities[0]).toBeNaN();
  });
});
