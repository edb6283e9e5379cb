import { loadOnnxModel, type OnnxModel, type OnnxRuntime, type OnnxSessionOptions, type OnnxTensor } from '@outspoken/onnx';
import type { GraphVariant } from '../recognizer.ts';
import { RecognizerError } from '../recognizer-error.ts';
import type { RecognitionTimings } from '../transcript.ts';
import type { ClipDecoder, ClipDecoderOptions } from './clip-decoder.ts';
import type { PreparedGraphs } from './graph/build.ts';
import { type GreedySearchResult, NotANumberError } from './greedy-search.ts';
import { requireTensor } from './model.ts';
import type { MoonshineParameters } from './parameters.ts';

// A run is not interrupted, so this is how many tokens a cancelled clip may still cost: under 10 ms. Longer runs were no faster.
const STEPS_PER_RUN = 16;

interface CacheNames {
  readonly keys: string;
  readonly values: string;
  readonly nextKeys: string;
  readonly nextValues: string;
  readonly heads: number;
  readonly headSize: number;
}

/** What {@link PreparedDecoder} needs beside its graphs. */
export interface PreparedDecoderOptions {
  readonly parameters: MoonshineParameters;
  readonly session: OnnxSessionOptions;
  readonly now: () => number;
}

/** The graphs of `graph/`: the encoder in one run, then the search, some tokens a run. */
export class PreparedDecoder implements ClipDecoder {
  readonly graph: GraphVariant;
  readonly #runtime: OnnxRuntime;
  readonly #encoder: OnnxModel;
  readonly #decoder: OnnxModel;
  readonly #options: PreparedDecoderOptions;
  readonly #cache: readonly CacheNames[];

  private constructor(parts: {
    readonly runtime: OnnxRuntime;
    readonly graph: GraphVariant;
    readonly encoder: OnnxModel;
    readonly decoder: OnnxModel;
    readonly options: PreparedDecoderOptions;
  }) {
    this.#runtime = parts.runtime;
    this.graph = parts.graph;
    this.#encoder = parts.encoder;
    this.#decoder = parts.decoder;
    this.#options = parts.options;
    this.#cache = readCacheNames(parts.decoder);
  }

  /** @throws {@link RecognizerError} `model_failed` when the runtime refuses a graph. */
  static async load(runtime: OnnxRuntime, graphs: PreparedGraphs, options: PreparedDecoderOptions): Promise<PreparedDecoder> {
    // The arena keeps the largest clip's memory for ever, and gains nothing measurable here.
    const session = { ...options.session, enableCpuMemArena: false };
    let encoder: OnnxModel | undefined;
    try {
      encoder = await loadOnnxModel(runtime, graphs.encoder, session);
      const decoder = await loadOnnxModel(runtime, graphs.decoder, session);
      return new PreparedDecoder({ runtime, graph: graphs.variant, encoder, decoder, options });
    } catch (cause) {
      await encoder?.close();
      throw new RecognizerError('model_failed', 'the prepared graphs of the model could not be loaded', { cause });
    }
  }

  async decode(
    samples: Float32Array,
    options: ClipDecoderOptions,
  ): Promise<{ readonly found: GreedySearchResult; readonly timings: RecognitionTimings }> {
    const { now } = this.#options;
    const startedAtMs = now();
    const encoded = await this.encode(samples);
    const encodedAtMs = now();
    options.signal?.throwIfAborted();
    const found = await this.#search(encoded, options);
    return { found, timings: { encoderMs: encodedAtMs - startedAtMs, decoderMs: now() - encodedAtMs } };
  }

  /** What the search needs of a clip: keys and values of the cross-attention of each layer, `cross_key.N` and `cross_value.N`. */
  encode(samples: Float32Array): Promise<Record<string, OnnxTensor>> {
    return this.#encoder.run({ audio: new this.#runtime.Tensor('float32', samples, [1, samples.length]) });
  }

  async close(): Promise<void> {
    await Promise.all([this.#encoder.close(), this.#decoder.close()]);
  }

  async #search(encoded: Record<string, OnnxTensor>, { maximumTokens, signal }: ClipDecoderOptions): Promise<GreedySearchResult> {
    const { startTokenId, endTokenId } = this.#options.parameters;
    const { Tensor } = this.#runtime;
    const feeds: Record<string, OnnxTensor> = { ...encoded };
    for (const { keys, values, heads, headSize } of this.#cache) {
      feeds[keys] = new Tensor('float32', new Float32Array(0), [1, heads, 0, headSize]);
      feeds[values] = new Tensor('float32', new Float32Array(0), [1, heads, 0, headSize]);
    }
    const tokenIds: number[] = [];
    const logProbabilities: number[] = [];
    let endProbabilityAtStart = 0;
    let lastTokenId = startTokenId;
    while (tokenIds.length < maximumTokens) {
      const stepCount = Math.min(STEPS_PER_RUN, maximumTokens - tokenIds.length);
      feeds['tokens'] = new Tensor('int64', BigInt64Array.of(BigInt(lastTokenId)), [1, 1]);
      feeds['position'] = new Tensor('int64', BigInt64Array.of(BigInt(tokenIds.length)), [1]);
      feeds['maximum_steps'] = new Tensor('int64', BigInt64Array.of(BigInt(stepCount)), []);
      const outputs = await this.#decoder.run(feeds);
      // A run settles in a task of its own, so whoever cancels is heard here.
      signal?.throwIfAborted();
      const ids = dataOf(outputs, 'token_ids', BigInt64Array);
      const probabilities = dataOf(outputs, 'probabilities', Float32Array);
      if (tokenIds.length === 0) endProbabilityAtStart = dataOf(outputs, 'end_probabilities', Float32Array)[0] ?? 0;
      for (const [step, probability] of probabilities.entries()) {
        // Also what a probability of 0 would be: the largest of a vocabulary never is.
        if (!(probability > 0)) throw new NotANumberError(tokenIds.length);
        lastTokenId = Number(ids[step]);
        if (lastTokenId === endTokenId) return { tokenIds, logProbabilities, endProbabilityAtStart, hasReachedCap: false };
        tokenIds.push(lastTokenId);
        logProbabilities.push(Math.log(probability));
      }
      for (const { keys, values, nextKeys, nextValues } of this.#cache) {
        feeds[keys] = requireTensor(outputs, nextKeys);
        feeds[values] = requireTensor(outputs, nextValues);
      }
    }
    return { tokenIds, logProbabilities, endProbabilityAtStart, hasReachedCap: true };
  }
}

function readCacheNames(decoder: OnnxModel): CacheNames[] {
  return decoder.inputNames.flatMap((keys) => {
    const layer = /^self_key\.(\d+)$/.exec(keys)?.[1];
    const [, heads, , headSize] = decoder.inputShape(keys) ?? [];
    if (layer === undefined || typeof heads !== 'number' || typeof headSize !== 'number') return [];
    const [values, nextKeys, nextValues] = [`self_value.${layer}`, `next_self_key.${layer}`, `next_self_value.${layer}`];
    return [{ keys, values, nextKeys, nextValues, heads, headSize }];
  });
}

function dataOf<T extends BigInt64Array | Float32Array>(
  outputs: Record<string, OnnxTensor>,
  name: string,
  type: abstract new (...values: never[]) => T,
): T {
  const { data } = requireTensor(outputs, name);
  if (!(data instanceof type)) throw new RecognizerError('model_failed', `the graph gave ${name} in a type of its own`);
  return data;
}
