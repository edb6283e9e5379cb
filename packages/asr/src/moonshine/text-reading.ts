import type { OnnxModel, OnnxRuntime, OnnxTensor } from '@outspoken/onnx';
import type { TextReading } from './clip-decoder.ts';
import { emptyCache, integers, type RowInputs } from './decoding-rows.ts';
import { dataOf, requireTensor } from './model.ts';

// Tokens of one run, over all its rows: the probabilities of the whole vocabulary take 128 KiB for each.
const TOKENS_PER_RUN = 96;

/** What reading takes beside the sound and the texts. */
export interface TextReaderOptions {
  readonly runtime: OnnxRuntime;
  readonly decoder: OnnxModel;
  readonly inputs: RowInputs;
  readonly startTokenId: number;
  readonly endTokenId: number;
}

/**
 * How probable texts are for a clip, all tokens of a text in one step (teacher forcing): a fraction of the time that writing them takes,
 * since the weights are read once.
 *
 * @param encoded - What the encoder's graph gave for the clip.
 * @param texts - Token ids, without the start and end tokens.
 */
export async function readTexts(
  options: TextReaderOptions,
  encoded: Record<string, OnnxTensor>,
  texts: readonly (readonly number[])[],
): Promise<TextReading[]> {
  const readings: TextReading[] = [];
  for (const group of groupTexts(texts)) readings.push(...(await readGroup(options, encoded, group)));
  return readings;
}

/** Texts that go into one run, in their order. */
function groupTexts(texts: readonly (readonly number[])[]): (readonly number[])[][] {
  const groups: (readonly number[])[][] = [];
  for (const text of texts) {
    const group = groups.at(-1);
    const longest = Math.max(text.length, ...(group ?? []).map(({ length }) => length));
    if (group && (longest + 1) * (group.length + 1) <= TOKENS_PER_RUN) group.push(text);
    else groups.push([text]);
  }
  return groups;
}

async function readGroup(
  { runtime, decoder, inputs, startTokenId, endTokenId }: TextReaderOptions,
  encoded: Record<string, OnnxTensor>,
  texts: readonly (readonly number[])[],
): Promise<TextReading[]> {
  const columns = 1 + Math.max(...texts.map(({ length }) => length));
  const dims = [texts.length, columns];
  // A token sees those before it only, so what fills a short text up changes nothing of it.
  const fillUp = (ids: readonly number[]): number[] => [...ids, ...new Array<number>(columns - ids.length).fill(endTokenId)];
  const [cross] = inputs.cross;
  const frames = (cross && requireTensor(encoded, cross.name).dims[cross.timeAxis]) ?? 0;
  const outputs = await decoder.run({
    ...encoded,
    ...emptyCache(runtime, inputs, texts.length),
    cross_mask: new runtime.Tensor('float32', new Float32Array(frames), [1, 1, 1, frames]),
    tokens: integers(
      runtime,
      texts.flatMap((text) => fillUp([startTokenId, ...text])),
      dims,
    ),
    given_tokens: integers(runtime, texts.flatMap(fillUp), dims),
    position: integers(runtime, [0], [1]),
    maximum_steps: integers(runtime, [1], []),
    candidate_count: integers(runtime, [1], [1]),
  });
  const logProbabilities = Array.from(dataOf(outputs, 'given_probabilities', Float32Array), Math.log);
  return texts.map(({ length }, row) => {
    const first = row * columns;
    return {
      logProbabilities: logProbabilities.slice(first, first + length),
      endLogProbability: logProbabilities[first + length] ?? Number.NaN,
    };
  });
}
