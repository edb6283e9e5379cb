import { loadOnnxModel } from '@outspoken/onnx';
import * as runtime from 'onnxruntime-node';
import { afterAll, expect, test } from 'vitest';
import { decodeClip } from '../../src/moonshine/clip-decoder.ts';
import { readRowInputs } from '../../src/moonshine/decoding-rows.ts';
import { PreparedBranches } from '../../src/moonshine/prepared-branches.ts';
import { PreparedDecoder } from '../../src/moonshine/prepared-decoder.ts';
import { buildGraphs, parameters, speech } from '../support/moonshine-tiny.ts';

const session = { intraOpNumThreads: 1, interOpNumThreads: 1 };
const graphs = buildGraphs('float');
const decoder = await loadOnnxModel(runtime, graphs.decoder, session);
const prepared = await PreparedDecoder.load(runtime, graphs, { parameters, session, now: () => performance.now() });
afterAll(() => Promise.all([decoder.close(), prepared.close()]));

const samples = speech('tt-weasels');
const encoded = await prepared.encode(samples);
const create = (): PreparedBranches =>
  new PreparedBranches({ runtime, decoder, inputs: readRowInputs(decoder), endTokenId: parameters.endTokenId }, encoded);
const START = { row: 0, tokenId: parameters.startTokenId };

test('its best tokens are those of a greedy search, whatever is decoded beside them', async () => {
  const { found } = await decodeClip(prepared, { samples, maximumTokens: 40, forcesStart: false, signal: undefined });
  const branches = create();
  let [next] = await branches.step([START]);
  for (const [index, tokenId] of found.tokenIds.entries()) {
    expect(next!.tokenIds[0]).toBe(tokenId);
    expect(Math.log(next!.probabilities[0]!)).toBeCloseTo(found.logProbabilities[index]!, 3);
    // The best text goes from one row to the other each time, and leaves another text behind.
    const row = index % 2;
    const pair = [
      { row, tokenId },
      { row: 0, tokenId: next!.tokenIds[1]! },
    ];
    const nexts = await branches.step(row === 0 ? pair.reverse() : pair);
    next = nexts[row === 0 ? 1 : 0];
  }
  expect(next!.tokenIds[0]).toBe(parameters.endTokenId);
  expect(next!.endProbability).toBeCloseTo(next!.probabilities[0]!);
});

test('tells candidates from the most probable on', async () => {
  const [next] = await create().step([START]);
  const { probabilities, tokenIds } = next!;
  expect(tokenIds).toHaveLength(64);
  expect(new Set(tokenIds).size).toBe(64);
  expect([...probabilities].sort((a, b) => b - a)).toEqual(probabilities);
});
