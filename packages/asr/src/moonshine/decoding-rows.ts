import type { OnnxModel, OnnxRuntime, OnnxTensor } from '@outspoken/onnx';
import { requireTensor } from './model.ts';

// Added to the score of a time that a clip does not have: its share of the attention is 0 in floats.
const MASKED = -1e9;
const CROSS = /^cross_(?:key|value)\.\d+$/;

/** One tensor that the encoder's graph leaves for the decoder's, `[rows, …]`. */
interface CrossInput {
  readonly name: string;
  /** Which of its axes are the clip's times: the one whose size the caller chooses. */
  readonly timeAxis: number;
}

/** The tensors of one layer's self-attention, which the decoder's graph hands from run to run. */
interface CacheInput {
  readonly keys: string;
  readonly values: string;
  readonly nextKeys: string;
  readonly nextValues: string;
  readonly heads: number;
  readonly headSize: number;
}

/** The inputs of a decoder's graph that have a row for each clip. */
export interface RowInputs {
  readonly cross: readonly CrossInput[];
  readonly cache: readonly CacheInput[];
}

/** What a run of the search is asked for. */
export interface SearchRun {
  /** Tokens that came before the last ones. */
  readonly position: number;
  readonly stepCount: number;
  /** Most probable next tokens to tell. */
  readonly candidateCount: number;
  /** Token whose probability is to be told, whatever it is. */
  readonly givenTokenId: number;
}

/** Whole numbers as a tensor. */
export function integers({ Tensor }: OnnxRuntime, values: readonly number[], dims: readonly number[]): OnnxTensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
}

/** Reads names and sizes from the inputs of a decoder's graph. */
export function readRowInputs(decoder: OnnxModel): RowInputs {
  const cross = decoder.inputNames
    .filter((name) => CROSS.test(name))
    .map((name) => ({
      name,
      timeAxis: (decoder.inputShape(name) ?? []).findIndex((size, axis) => axis > 0 && typeof size === 'string'),
    }));
  const cache = decoder.inputNames.flatMap((keys) => {
    const layer = /^self_key\.(\d+)$/.exec(keys)?.[1];
    const [, heads, , headSize] = decoder.inputShape(keys) ?? [];
    if (layer === undefined || typeof heads !== 'number' || typeof headSize !== 'number') return [];
    const [values, nextKeys, nextValues] = [`self_value.${layer}`, `next_self_key.${layer}`, `next_self_value.${layer}`];
    return [{ keys, values, nextKeys, nextValues, heads, headSize }];
  });
  return { cross, cache };
}

/** The cache of rows that have no text yet. */
export function emptyCache({ Tensor }: OnnxRuntime, { cache }: RowInputs, rows: number): Record<string, OnnxTensor> {
  const entries = cache.flatMap(({ keys, values, heads, headSize }) => {
    const empty = new Tensor('float32', new Float32Array(0), [rows, heads, 0, headSize]);
    return [[keys, empty] as const, [values, empty] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * Clips side by side as inputs of the decoder's graph, one row each: what the encoder left of them, filled up to the longest and masked,
 * and what the decoder itself has written so far.
 */
export class DecodingRows {
  readonly #runtime: OnnxRuntime;
  readonly #inputs: RowInputs;
  readonly #feeds: Record<string, OnnxTensor> = {};

  /** @param encoded - What the encoder's graph gave for each clip. */
  constructor(runtime: OnnxRuntime, inputs: RowInputs, encoded: readonly Record<string, OnnxTensor>[]) {
    this.#runtime = runtime;
    this.#inputs = inputs;
    for (const { name, timeAxis } of inputs.cross) {
      this.#feeds[name] = this.#join(
        encoded.map((row) => requireTensor(row, name)),
        timeAxis,
      );
    }
    this.#feeds['cross_mask'] = this.#mask(encoded);
    Object.assign(this.#feeds, emptyCache(runtime, inputs, encoded.length));
  }

  /** The inputs of a run that begins with these tokens, the last of each row, at this place of the text. */
  feeds(lastTokenIds: readonly number[], run: SearchRun): Record<string, OnnxTensor> {
    const rows = lastTokenIds.length;
    this.#feeds['tokens'] = integers(this.#runtime, lastTokenIds, [rows, 1]);
    this.#feeds['given_tokens'] = integers(this.#runtime, new Array<number>(rows).fill(run.givenTokenId), [rows, 1]);
    this.#feeds['position'] = integers(this.#runtime, [run.position], [1]);
    this.#feeds['maximum_steps'] = integers(this.#runtime, [run.stepCount], []);
    this.#feeds['candidate_count'] = integers(this.#runtime, [run.candidateCount], [1]);
    return this.#feeds;
  }

  /** Takes over what a run has written. */
  advance(outputs: Record<string, OnnxTensor>): void {
    for (const { keys, values, nextKeys, nextValues } of this.#inputs.cache) {
      this.#feeds[keys] = requireTensor(outputs, nextKeys);
      this.#feeds[values] = requireTensor(outputs, nextValues);
    }
  }

  /** Goes on with some of the rows, `rows[i]` in place `i`, which is never a later place than its own. Those that keep theirs are not copied. */
  keep(rows: readonly number[]): void {
    const { cross, cache } = this.#inputs;
    const names = [...cross.map(({ name }) => name), 'cross_mask', ...cache.flatMap(({ keys, values }) => [keys, values])];
    for (const name of names) this.#feeds[name] = this.#select(requireTensor(this.#feeds, name), rows);
  }

  /** Goes on with texts of one clip, the one of `rows[i]` in place `i`, each as often as it is named; they share the sound of the clip. */
  branch(rows: readonly number[]): void {
    const names = this.#inputs.cache.flatMap(({ keys, values }) => [keys, values]);
    for (const name of names) this.#feeds[name] = this.#repeat(requireTensor(this.#feeds, name), rows);
  }

  #repeat(tensor: OnnxTensor, rows: readonly number[]): OnnxTensor {
    const [count = 1, ...sizes] = tensor.dims;
    if (rows.length === count && rows.every((row, place) => row === place)) return tensor;
    const values = floatsOf(tensor);
    const length = values.length / count;
    const repeated = new Float32Array(rows.length * length);
    for (const [place, row] of rows.entries()) repeated.set(values.subarray(row * length, (row + 1) * length), place * length);
    return new this.#runtime.Tensor('float32', repeated, [rows.length, ...sizes]);
  }

  #select(tensor: OnnxTensor, rows: readonly number[]): OnnxTensor {
    const values = floatsOf(tensor);
    const [count = 1, ...sizes] = tensor.dims;
    const length = values.length / count;
    for (const [place, row] of rows.entries()) {
      if (place !== row) values.copyWithin(place * length, row * length, (row + 1) * length);
    }
    return new this.#runtime.Tensor('float32', values.subarray(0, rows.length * length), [rows.length, ...sizes]);
  }

  /** Tensors of one row each as rows of one, their times filled up with zeros. */
  #join(tensors: readonly OnnxTensor[], timeAxis: number): OnnxTensor {
    const [first] = tensors;
    if (first && tensors.length === 1) return first;
    const sizes = [...(first?.dims ?? [])];
    sizes[0] = tensors.length;
    sizes[timeAxis] = Math.max(...tensors.map(({ dims }) => dims[timeAxis] ?? 0));
    // What lies behind one value of the axes before the times is contiguous.
    const blockLength = sizes.slice(timeAxis).reduce((product, size) => product * size, 1);
    const blocks = sizes.slice(1, timeAxis).reduce((product, size) => product * size, 1);
    const joined = new Float32Array(tensors.length * blocks * blockLength);
    for (const [row, tensor] of tensors.entries()) {
      const values = floatsOf(tensor);
      const length = values.length / blocks;
      for (let block = 0; block < blocks; block += 1) {
        joined.set(values.subarray(block * length, (block + 1) * length), (row * blocks + block) * blockLength);
      }
    }
    return new this.#runtime.Tensor('float32', joined, sizes);
  }

  #mask(encoded: readonly Record<string, OnnxTensor>[]): OnnxTensor {
    const [cross] = this.#inputs.cross;
    const counts = encoded.map((row) => (cross && requireTensor(row, cross.name).dims[cross.timeAxis]) ?? 0);
    const longest = Math.max(...counts);
    const mask = new Float32Array(encoded.length * longest);
    for (const [row, count] of counts.entries()) mask.fill(MASKED, row * longest + count, (row + 1) * longest);
    return new this.#runtime.Tensor('float32', mask, [encoded.length, 1, 1, longest]);
  }
}

function floatsOf({ data }: OnnxTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new TypeError('keys and values must be floats');
}
