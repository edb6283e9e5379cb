import * as runtime from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { buildDecoderGraph } from '../../../src/moonshine/graph/decoder-graph.ts';
import { MoonshineWeights } from '../../../src/moonshine/graph/weights.ts';
import { loadMoonshineModel } from '../../../src/moonshine/model.ts';
import { scaleLinear } from '../../../src/onnx-graph/quantized-linear.ts';
import { floats, integers, largestDifference, type PlainTensor, relativeError, runModel } from '../../support/built-graph.ts';
import { CLEAR_PROMPTS, parameters, source, speech } from '../../support/moonshine-tiny.ts';
import { multiplyPlainly, splitHeads, transposePlainly } from '../../support/plain-math.ts';
import { EXACT_FORMS } from '../../support/processor.ts';
import { decodePlainly } from '../plain-greedy.ts';

const weights = new MoonshineWeights(source.files);
const { sizes } = weights;
const { heads, headSize } = sizes;
const { startTokenId, endTokenId, maximumTokens } = parameters;
const publishedEncoder = await runtime.InferenceSession.create(source.files.encoder);
const publishedDecoder = await runtime.InferenceSession.create(source.files.decoder);
afterAll(() => Promise.all([publishedEncoder.release(), publishedDecoder.release()]));

type Feeds = Record<string, PlainTensor>;

const clips = new Map<string, Promise<{ readonly encoded: Feeds; readonly expected: readonly number[] }>>();

/** What the published encoder hears, as the built decoder takes it, and the tokens that the published decoder writes of it. */
function clip(prompt: string) {
  const known = clips.get(prompt) ?? readClip(prompt);
  clips.set(prompt, known);
  return known;
}

async function readClip(prompt: string) {
  const samples = speech(prompt);
  const input = new runtime.Tensor('float32', samples, [1, samples.length]);
  const { data, dims } = (await publishedEncoder.run({ input_values: input }))['last_hidden_state']!;
  const [states, times] = [data as Float32Array, dims[1]!];
  const encoded: Feeds = {};
  for (let layer = 0; layer < sizes.decoderLayers; layer += 1) {
    const keyLinear = scaleLinear(weights.decoderLinear(layer, 'encoder_attn/k_proj'), 1 / Math.sqrt(headSize));
    const valueLinear = weights.decoderLinear(layer, 'encoder_attn/v_proj');
    encoded[`cross_key.${layer}`] = floats(transposePlainly(multiplyPlainly(states, keyLinear), times), [1, heads, headSize, times]);
    encoded[`cross_value.${layer}`] = floats(splitHeads(multiplyPlainly(states, valueLinear), sizes), [1, heads, times, headSize]);
  }
  encoded['cross_mask'] = floats(new Float32Array(times), [1, 1, 1, times]);
  return { encoded, expected: await decodePlainly(publishedEncoder, publishedDecoder, samples) };
}

/** The state before the first token of one row. */
function start(rows = 1): Feeds {
  const feeds: Feeds = { tokens: integers(Array<number>(rows).fill(startTokenId), [rows, 1]), position: integers([0]) };
  for (let layer = 0; layer < sizes.decoderLayers; layer += 1) {
    feeds[`self_key.${layer}`] = floats(new Float32Array(0), [rows, heads, 0, headSize]);
    feeds[`self_value.${layer}`] = floats(new Float32Array(0), [rows, heads, 0, headSize]);
  }
  return feeds;
}

/** The state after some tokens. */
function continued(outputs: Record<string, runtime.Tensor>, tokenIds: readonly number[]): Feeds {
  const feeds: Feeds = { tokens: integers(tokenIds.slice(-1), [1, 1]), position: integers([tokenIds.length]) };
  for (let layer = 0; layer < sizes.decoderLayers; layer += 1) {
    for (const kind of ['key', 'value']) {
      const { data, dims } = outputs[`next_self_${kind}.${layer}`]!;
      feeds[`self_${kind}.${layer}`] = floats(data as Float32Array, dims);
    }
  }
  return feeds;
}

// Of two layers, not in order.
const alignmentHeads = [
  { layer: 4, head: 3 },
  { layer: 3, head: 6 },
];
const CANDIDATES = 2;
const firstOf = <T>(candidates: readonly T[]): T[] => candidates.filter((_, index) => index % CANDIDATES === 0);
const idsOf = (outputs: Record<string, runtime.Tensor>): number[] =>
  firstOf(Array.from(outputs['candidate_ids']!.data as BigInt64Array, Number));
const probabilitiesOf = (outputs: Record<string, runtime.Tensor>): number[] =>
  firstOf([...(outputs['candidate_probabilities']!.data as Float32Array)]);

describe.each(EXACT_FORMS)('the %s decoder', (sign) => {
  const bytes = buildDecoderGraph(weights, { form: sign, endTokenId, maximumPositions: maximumTokens + 1, alignmentHeads });
  const search = (feeds: Feeds, steps: number) => {
    const given = integers(Array<number>(feeds['tokens']!.data.length).fill(endTokenId), feeds['tokens']!.shape);
    return runModel(bytes, {
      given_tokens: given,
      ...feeds,
      candidate_count: integers([CANDIDATES]),
      maximum_steps: integers([steps], []),
    });
  };

  test.each(CLEAR_PROMPTS)('writes the tokens of the published decoder and ends: %s', async (prompt) => {
    const { encoded, expected } = await clip(prompt);
    const outputs = await search({ ...encoded, ...start() }, maximumTokens);
    expect(idsOf(outputs)).toEqual([...expected, endTokenId]);
    expect(outputs['given_probabilities']!.dims).toEqual([expected.length + 1, 1, 1]);
  });

  test('writes the same whether it is run once or in pieces', async () => {
    const { encoded, expected } = await clip('queue-periodic-announce');
    expect(expected.length).toBeGreaterThan(16);
    const tokenIds: number[] = [];
    let state = start();
    while (tokenIds.at(-1) !== endTokenId && tokenIds.length < maximumTokens) {
      const outputs = await search({ ...encoded, ...state }, 7);
      tokenIds.push(...idsOf(outputs));
      state = continued(outputs, tokenIds);
      expect(state['self_key.0']!.shape).toEqual([1, heads, tokenIds.length, headSize]);
    }
    expect(tokenIds).toEqual([...expected, endTokenId]);
  });

  test('writes no more than it may', async () => {
    const { encoded, expected } = await clip('privacy-prompt');
    expect(idsOf(await search({ ...encoded, ...start() }, 3))).toEqual(expected.slice(0, 3));
  });

  test('gives the probabilities of the published decoder', async () => {
    const { encoded } = await clip('privacy-prompt');
    const outputs = await search({ ...encoded, ...start() }, maximumTokens);
    const probabilities = probabilitiesOf(outputs);
    const ends = outputs['given_probabilities']!.data as Float32Array;
    // The end token is the last one written, so both outputs speak of the same token there, and of different ones before.
    expect(ends.at(-1)).toBe(probabilities.at(-1));
    expect(ends.slice(0, -1).every((end, step) => end + probabilities[step]! <= 1 + 1e-5)).toBe(true);
    // Activations in 8 bits move the probabilities of clear speech by some hundredths.
    expect(relativeError(probabilities, await publishedProbabilities('privacy-prompt'))).toBeLessThanOrEqual(0.05);
  });

  test('reads texts in one step as it writes them token by token', async () => {
    const { encoded, expected } = await clip('privacy-prompt');
    const writing = await search({ ...encoded, ...start() }, maximumTokens);
    const written = probabilitiesOf(writing);
    const texts = [expected, expected.toReversed()];
    const columns = expected.length + 1;
    const outputs = await search(
      {
        ...encoded,
        ...start(texts.length),
        tokens: integers(
          texts.flatMap((text) => [startTokenId, ...text]),
          [texts.length, columns],
        ),
        given_tokens: integers(
          texts.flatMap((text) => [...text, endTokenId]),
          [texts.length, columns],
        ),
      },
      1,
    );
    expect(outputs['given_probabilities']!.dims).toEqual([1, texts.length, columns]);
    const read = [...(outputs['given_probabilities']!.data as Float32Array)];
    expect(largestDifference(Float32Array.from(read.slice(0, columns)), written)).toBeLessThanOrEqual(1e-4);
    // Each text attends to what it attends to while it is written.
    const [steps = 0, , , headCount, frames = 0] = writing['attention']!.dims;
    expect([steps, headCount]).toEqual([columns, alignmentHeads.length]);
    expect(outputs['attention']!.dims).toEqual([1, texts.length, columns, headCount, frames]);
    const attended = writing['attention']!.data as Float32Array;
    const reread = (outputs['attention']!.data as Float32Array).subarray(0, attended.length);
    expect(largestDifference(reread, attended)).toBeLessThanOrEqual(1e-3);
    // Backwards it makes no sense.
    expect(Math.max(...read.slice(columns + 1, -1))).toBeLessThan(0.5);
  });

  test('attends to every frame of a clip as much as once in all, and to later ones as the text goes on', async () => {
    const { encoded, expected } = await clip('privacy-prompt');
    const { data, dims } = (await search({ ...encoded, ...start() }, maximumTokens))['attention']!;
    const [steps = 0, , , headCount = 0, frames = 0] = dims;
    expect(dims).toEqual([expected.length + 1, 1, 1, alignmentHeads.length, encoded['cross_mask']!.data.length]);
    const rows = Array.from({ length: steps * headCount }, (_, row) => [
      ...(data as Float32Array).subarray(row * frames, (row + 1) * frames),
    ]);
    for (const row of rows) expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
    const centres = rows.map((row) => row.reduce((sum, value, frame) => sum + value * frame, 0));
    expect(centres[0]!).toBeLessThan(frames / 4);
    expect(centres.at(-1)!).toBeGreaterThan((frames * 3) / 4);
  });

  test('says that what it is given is not a number', async () => {
    const { encoded } = await clip('privacy-prompt');
    const poisoned = {
      ...encoded,
      'cross_value.0': floats(new Float32Array(encoded['cross_value.0']!.data.length).fill(Number.NaN), encoded['cross_value.0']!.shape),
    };
    const outputs = await search({ ...poisoned, ...start() }, 1);
    expect(probabilitiesOf(outputs)[0]).toBeNaN();
  });
});

/** Probability of each token that the published decoder writes, the end token too. */
async function publishedProbabilities(prompt: string): Promise<number[]> {
  const published = await loadMoonshineModel(runtime, source.files, {});
  const decoding = published.startDecoding(await published.encode(speech(prompt)));
  const { expected } = await clip(prompt);
  const probabilities: number[] = [];
  for (const [step, tokenId] of [startTokenId, ...expected].entries()) {
    const logits = await decoding.step(tokenId);
    const chosen = logits[expected[step] ?? endTokenId]!;
    probabilities.push(1 / logits.reduce((sum, logit) => sum + Math.exp(logit - chosen), 0));
  }
  await published.close();
  return probabilities;
}
