import { describe, expect, test } from 'vitest';
import { addGreedyLoop } from '../../../src/moonshine/graph/search.ts';
import { GraphBuilder } from '../../../src/onnx-graph/graph-builder.ts';
import { floats, integers, runModel } from '../../support/built-graph.ts';

const END = 2;
const sizes = { width: 2, heads: 1, headSize: 2, vocabulary: 8, encoderLayers: 1, decoderLayers: 1 };

/**
 * The loop around a step that can be followed by hand: the next token is the last one less 1, its probability a half of the position, and
 * the cache grows by one time that holds the position.
 */
const graph = new GraphBuilder('search');
addGreedyLoop(graph, { sizes, endTokenId: END, tellsAttention: true }, (body, { tokenIds, position, past, asked }) => {
  const asFloat = body.node('Cast', [position], { to: 1 });
  const zeros = body.node('Cast', [body.node('Mul', [tokenIds, body.integers([0])])], { to: 1 });
  const probability = body.node('Unsqueeze', [body.node('Add', [zeros, body.node('Mul', [asFloat, body.float(0.5)])]), body.integers([2])]);
  const time = body.node('Add', [body.node('Unsqueeze', [zeros, body.integers([1, 3])]), body.node('Mul', [asFloat, body.floats([1, 1])])]);
  const grow = (cache: string): string => body.node('Concat', [cache, time], { axis: 2 });
  const ids = body.node('Unsqueeze', [tokenIds, body.integers([2])]);
  return {
    next: {
      candidateIds: body.node('Add', [ids, body.integers([-1, 1])]),
      candidateProbabilities: body.node('Mul', [probability, body.floats([1, 0.5])]),
      givenProbabilities: body.node('Cast', [asked.given], { to: 1 }),
    },
    // As much as the probability, of two heads over three frames.
    attention: body.node('Mul', [body.node('Unsqueeze', [probability, body.integers([3])]), body.floats([1, 2, 3, 4, 5, 6], [1, 1, 2, 3])]),
    present: past.map(({ keys, values }) => ({ keys: grow(keys), values: grow(values) })),
  };
});
const bytes = graph.toModel();

async function search(texts: readonly (readonly number[])[], steps: number, { position = 0, past = [] as readonly number[] } = {}) {
  const rows = texts.length;
  const columns = texts[0]!.length;
  const times = past.flatMap((value) => [value, value]);
  const cache = floats(Float32Array.from(texts.flatMap(() => times)), [rows, 1, past.length, 2]);
  const outputs = await runModel(bytes, {
    tokens: integers(texts.flat(), [rows, columns]),
    given_tokens: integers(
      texts.flat().map((id) => id + 100),
      [rows, columns],
    ),
    candidate_count: integers([2], [1]),
    position: integers([position]),
    maximum_steps: integers([steps], []),
    'self_key.0': cache,
    'self_value.0': cache,
  });
  const { candidate_ids: ids, candidate_probabilities: probabilities, given_probabilities: given, attention } = outputs;
  const { 'next_self_key.0': keys, 'next_self_value.0': values } = outputs;
  expect(ids!.dims).toEqual([...given!.dims, 2]);
  const count = ids!.dims[0]!;
  const candidates = Array.from(ids!.data as BigInt64Array, Number);
  const best = candidates.filter((_, index) => index % 2 === 0);
  return {
    tokenIds: Array.from({ length: count }, (_, step) => best.slice(step * rows * columns, (step + 1) * rows * columns)),
    runnersUp: candidates.filter((_, index) => index % 2 === 1),
    probabilities: [...(probabilities!.data as Float32Array)],
    given: [...(given!.data as Float32Array)],
    attention: { dims: attention!.dims, data: [...(attention!.data as Float32Array)] },
    keys: { dims: keys!.dims, data: [...(keys!.data as Float32Array)] },
    values: { dims: values!.dims, data: [...(values!.data as Float32Array)] },
  };
}

test('feeds each token to the next step until the end token is written', async () => {
  expect((await search([[6]], 100)).tokenIds).toEqual([[5], [4], [3], [2]]);
});

test('stops after as many steps as it may take', async () => {
  expect((await search([[6]], 2)).tokenIds).toEqual([[5], [4]]);
  expect((await search([[6]], 4)).tokenIds).toEqual([[5], [4], [3], [2]]);
});

test('writes what the step says of each token', async () => {
  const { probabilities, given, runnersUp, attention } = await search([[6]], 3, { position: 10 });
  expect(probabilities).toEqual([5, 2.5, 5.5, 2.75, 6, 3]);
  expect(runnersUp).toEqual([7, 6, 5]);
  expect(attention.dims).toEqual([3, 1, 1, 2, 3]);
  expect(attention.data.slice(-6)).toEqual([6, 12, 18, 24, 30, 36]);
  // What is asked for stays the same in each step.
  expect(given).toEqual([106, 106, 106]);
});

test('reads several tokens a row in one step', async () => {
  const { tokenIds, given, probabilities } = await search(
    [
      [6, 5, 4],
      [3, 7, 8],
    ],
    1,
    { position: 4 },
  );
  expect(tokenIds).toEqual([[5, 4, 3, 2, 6, 7]]);
  expect(given).toEqual([106, 105, 104, 103, 107, 108]);
  expect(probabilities.filter((_, index) => index % 2 === 0)).toEqual([2, 2, 2, 2, 2, 2]);
});

test('hands the cache on from step to step and gives the last one', async () => {
  const { keys, values } = await search([[6]], 3, { position: 2, past: [0, 1] });
  expect(keys).toEqual({ dims: [1, 1, 5, 2], data: [0, 0, 1, 1, 2, 2, 3, 3, 4, 4] });
  expect(values).toEqual(keys);
});

describe('with several rows', () => {
  test('stops when the first one ends, so that it can be taken out', async () => {
    expect((await search([[4], [6], [5]], 100)).tokenIds).toEqual([
      [3, 5, 4],
      [END, 4, 3],
    ]);
  });

  test('goes on with those that are left', async () => {
    expect((await search([[4], [3]], 100, { position: 2, past: [0, 1] })).tokenIds).toEqual([[3, END]]);
  });
});
