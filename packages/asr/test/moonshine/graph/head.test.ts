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
  const next = async (x: Float32Array, { given = parameters.endTokenId, candidates = 2, columns = 1 } = {}) => {
    const rows = x.length / width / columns;
    const inputs = {
      x: floats(x, [rows, columns, width]),
      given: integers(Array<number>(rows * columns).fill(given), [rows, columns]),
      count: integers([candidates]),
    };
    const [ids, probabilities, givenProbabilities] = await runBlock(inputs, (graph) => {
      const tokens = addHead(graph, 'x', embedding, { given: 'given', candidateCount: 'count' }, sign);
      return [graph.node('Cast', [tokens.candidateIds], { to: 1 }), tokens.candidateProbabilities, tokens.givenProbabilities];
    });
    expect(ids!.dims).toEqual([rows, columns, candidates]);
    expect(probabilities!.dims).toEqual([rows, columns, candidates]);
    expect(givenProbabilities!.dims).toEqual([rows, columns]);
    const column = (data: ArrayLike<number>, place: number) => Array.from(data).filter((_, index) => index % candidates === place);
    return {
      candidateIds: [...ids!.data],
      candidateProbabilities: [...probabilities!.data],
      tokenIds: column(ids!.data, 0),
      probabilities: column(probabilities!.data, 0),
      runnerUpIds: column(ids!.data, 1),
      runnerUpProbabilities: column(probabilities!.data, 1),
      givenProbabilities: [...givenProbabilities!.data],
    };
  };

  test('takes the most probable token and gives its probability and that of the token that was asked for', async () => {
    // Activations of the size that a layer normalisation leaves, whose logits are apart.
    const x = seededFloats(width, SEED).map((value) => 2 * value);
    const logits = multiplyPlainly(x, transposeLinear(embedding));
    const largest = logits.reduce((a, b) => Math.max(a, b));
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    const { tokenIds, probabilities, givenProbabilities } = await next(x);
    const chosen = tokenIds[0]!;
    // The activations are in 8 bits, off by 4/255/√12 each: a logit is off by that times the length of a row of the table, here under 0.05.
    expect(largest - logits[chosen]!).toBeLessThanOrEqual(0.1);
    expect(Math.abs(Math.log(probabilities[0]!) - (logits[chosen]! - largest - Math.log(sum)))).toBeLessThanOrEqual(0.1);
    const end = logits[parameters.endTokenId]! - largest - Math.log(sum);
    expect(Math.abs(Math.log(givenProbabilities[0]!) - end)).toBeLessThanOrEqual(0.1);
  });

  test('gives the second most probable token as well', async () => {
    const x = seededFloats(width, SEED).map((value) => 2 * value);
    const { tokenIds, probabilities, runnerUpIds, runnerUpProbabilities } = await next(x);
    expect(runnerUpIds[0]).not.toBe(tokenIds[0]);
    expect(runnerUpProbabilities[0]).toBeGreaterThan(0);
    expect(runnerUpProbabilities[0]).toBeLessThanOrEqual(probabilities[0]!);
    const { givenProbabilities } = await next(x, { given: runnerUpIds[0]! });
    expect(givenProbabilities[0]).toBe(runnerUpProbabilities[0]);
  });

  test('gives as many candidates as are asked for, the most probable one first', async () => {
    const x = seededFloats(width, SEED).map((value) => 2 * value);
    const { candidateIds, candidateProbabilities } = await next(x, { candidates: 40 });
    expect(new Set(candidateIds).size).toBe(40);
    expect(candidateProbabilities).toEqual(candidateProbabilities.toSorted((a, b) => b - a));
    const { candidateIds: firstTwo } = await next(x);
    expect(candidateIds.slice(0, 2)).toEqual(firstTwo);
  });

  test('gives a token the same probability on both outputs when it is the best', async () => {
    const x = seededFloats(width, SEED);
    const { tokenIds, probabilities } = await next(x);
    const { givenProbabilities } = await next(x, { given: tokenIds[0]! });
    expect(givenProbabilities[0]).toBe(probabilities[0]);
  });

  test('says the same of tokens whether they are rows or follow each other in one', async () => {
    const x = Float32Array.from([SEED, SEED + 1, SEED + 2].flatMap((seed) => [...seededFloats(width, seed)]));
    expect(await next(x, { columns: 3 })).toEqual(await next(x));
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
