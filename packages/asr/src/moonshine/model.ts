import { loadOnnxModel, type OnnxModel, type OnnxRuntime, type OnnxSessionOptions, type OnnxTensor } from '@outspoken/onnx';
import { RecognizerError } from '../recognizer-error.ts';
import type { StepDecoder } from './greedy-search.ts';

/** One key or value tensor that the decoder carries from step to step. */
interface CacheEntry {
  readonly pastName: string;
  readonly presentName: string;
  /** Whether it is computed from the encoder: such entries are made in the first step and stay. */
  readonly isFromEncoder: boolean;
  readonly heads: number;
  readonly headSize: number;
}

/** A decoder that can be gone on with in several ways. */
export interface ForkableDecoder extends StepDecoder {
  /** The same text, to which either can add without the other. */
  fork(): ForkableDecoder;
}

/** The two graphs of a Moonshine model: tensors in, tensors out, no algorithm. */
export class MoonshineModel {
  readonly #runtime: OnnxRuntime;
  readonly #encoder: OnnxModel;
  readonly #decoder: OnnxModel;
  readonly #cache: readonly CacheEntry[];

  constructor(runtime: OnnxRuntime, encoder: OnnxModel, decoder: OnnxModel, cache: readonly CacheEntry[]) {
    this.#runtime = runtime;
    this.#encoder = encoder;
    this.#decoder = decoder;
    this.#cache = cache;
  }

  /** Encodes a clip to hidden states `[1, time, width]`; about 41 states a second. */
  async encode(samples: Float32Array): Promise<OnnxTensor> {
    const input = new this.#runtime.Tensor('float32', samples, [1, samples.length]);
    const outputs = await this.#encoder.run({ input_values: input });
    return requireTensor(outputs, 'last_hidden_state');
  }

  /** Starts to decode a clip; decodings of several clips may run at a time. */
  startDecoding(encoderStates: OnnxTensor): ForkableDecoder {
    return new MoonshineDecoding(this.#runtime, this.#decoder, this.#cache, firstFeeds(this.#runtime, this.#cache, encoderStates));
  }

  /** Releases both graphs; a second call waits for the first. */
  async close(): Promise<void> {
    await Promise.all([this.#encoder.close(), this.#decoder.close()]);
  }
}

/**
 * One text in the making. The decoder is a merged graph: `use_cache_branch` false computes the cache of the encoder's states
 * and the first token's, true appends to the cache. Cache tensors are handed from output to input as they are.
 */
class MoonshineDecoding implements ForkableDecoder {
  readonly #runtime: OnnxRuntime;
  readonly #decoder: OnnxModel;
  readonly #cache: readonly CacheEntry[];
  readonly #feeds: Record<string, OnnxTensor>;
  readonly #withPast: OnnxTensor;
  /** The number behind the input tensor: written before each step, so that no tensor is made for it. */
  readonly #tokenId = new BigInt64Array(1);
  #fetches: readonly string[] | undefined;

  constructor(runtime: OnnxRuntime, decoder: OnnxModel, cache: readonly CacheEntry[], feeds: Readonly<Record<string, OnnxTensor>>) {
    this.#runtime = runtime;
    this.#decoder = decoder;
    this.#cache = cache;
    this.#withPast = new runtime.Tensor('bool', [true], [1]);
    this.#feeds = { ...feeds, input_ids: new runtime.Tensor('int64', this.#tokenId, [1, 1]) };
  }

  fork(): MoonshineDecoding {
    const forked = new MoonshineDecoding(this.#runtime, this.#decoder, this.#cache, this.#feeds);
    forked.#fetches = this.#fetches;
    return forked;
  }

  async step(tokenId: number): Promise<Float32Array> {
    this.#tokenId[0] = BigInt(tokenId);
    const outputs = await this.#decoder.run(this.#feeds, this.#fetches);
    const isFirst = this.#fetches === undefined;
    for (const { pastName, presentName, isFromEncoder } of this.#cache) {
      if (isFirst || !isFromEncoder) {
        this.#feeds[pastName] = requireTensor(outputs, presentName);
      }
    }
    if (isFirst) {
      this.#feeds['use_cache_branch'] = this.#withPast;
      this.#fetches = ['logits', ...this.#cache.filter((entry) => !entry.isFromEncoder).map((entry) => entry.presentName)];
    }
    const { data } = requireTensor(outputs, 'logits');
    if (!(data instanceof Float32Array)) {
      throw new RecognizerError('model_failed', 'the decoder must give logits of type float32');
    }
    return data;
  }
}

/** The inputs of the first step, the token left out. */
function firstFeeds({ Tensor }: OnnxRuntime, cache: readonly CacheEntry[], encoderStates: OnnxTensor): Record<string, OnnxTensor> {
  const empty = cache.map(
    ({ pastName, heads, headSize }) => [pastName, new Tensor('float32', new Float32Array(0), [1, heads, 0, headSize])] as const,
  );
  return { encoder_hidden_states: encoderStates, use_cache_branch: new Tensor('bool', [false], [1]), ...Object.fromEntries(empty) };
}

/**
 * Loads encoder and decoder from bytes and reads the number of layers, heads and their size from the decoder's inputs.
 *
 * @throws {@link RecognizerError} `model_failed` when the bytes are no graphs or not those of a merged Moonshine model.
 */
export async function loadMoonshineModel(
  runtime: OnnxRuntime,
  files: { readonly encoder: Uint8Array; readonly decoder: Uint8Array },
  sessionOptions: OnnxSessionOptions,
): Promise<MoonshineModel> {
  const encoder = await openGraph(runtime, files.encoder, sessionOptions, 'encoder');
  let decoder: OnnxModel | undefined;
  try {
    requireNames('encoder', encoder.inputNames, ['input_values']);
    requireNames('encoder', encoder.outputNames, ['last_hidden_state']);
    decoder = await openGraph(runtime, files.decoder, sessionOptions, 'decoder');
    const cache = readCacheEntries(decoder);
    requireNames('decoder', decoder.inputNames, ['input_ids', 'encoder_hidden_states', 'use_cache_branch']);
    requireNames('decoder', decoder.outputNames, ['logits', ...cache.map((entry) => entry.presentName)]);
    return new MoonshineModel(runtime, encoder, decoder, cache);
  } catch (error) {
    await Promise.all([encoder.close(), decoder?.close()]);
    throw error;
  }
}

async function openGraph(runtime: OnnxRuntime, bytes: Uint8Array, options: OnnxSessionOptions, what: string): Promise<OnnxModel> {
  try {
    return await loadOnnxModel(runtime, bytes, options);
  } catch (cause) {
    throw new RecognizerError('model_failed', `the ${what} of the model could not be loaded`, { cause });
  }
}

function readCacheEntries(decoder: OnnxModel): CacheEntry[] {
  const entries: CacheEntry[] = [];
  for (const pastName of decoder.inputNames) {
    const layerPath = /^past_key_values\.(\d+\.(decoder|encoder)\.(?:key|value))$/.exec(pastName);
    if (!layerPath) {
      continue;
    }
    const shape = decoder.inputShape(pastName) ?? [];
    const [, heads, , headSize] = shape;
    if (typeof heads !== 'number' || typeof headSize !== 'number') {
      throw new RecognizerError(
        'model_failed',
        `input ${pastName} must have a fixed number of heads and head size, got [${shape.join(', ')}]`,
      );
    }
    entries.push({ pastName, presentName: `present.${layerPath[1]}`, isFromEncoder: layerPath[2] === 'encoder', heads, headSize });
  }
  if (entries.length === 0) {
    throw new RecognizerError('model_failed', 'the decoder must be a merged one with past_key_values inputs, got none');
  }
  return entries;
}

function requireNames(what: string, present: readonly string[], required: readonly string[]): void {
  const missing = required.filter((name) => !present.includes(name));
  if (missing.length > 0) {
    throw new RecognizerError('model_failed', `the ${what} lacks ${missing.join(', ')}, it is not a Moonshine graph`);
  }
}

/** An output of a graph. @throws {@link RecognizerError} `model_failed` when it gave none of that name. */
export function requireTensor(outputs: Record<string, OnnxTensor>, name: string): OnnxTensor {
  const tensor = outputs[name];
  if (!tensor) {
    throw new RecognizerError('model_failed', `the graph gave no ${name}`);
  }
  return tensor;
}

/** The numbers of an output of a graph. @throws {@link RecognizerError} `model_failed` when it is missing or of another type. */
export function dataOf<T extends BigInt64Array | Float32Array>(
  outputs: Record<string, OnnxTensor>,
  name: string,
  type: abstract new (...values: never[]) => T,
): T {
  const { data } = requireTensor(outputs, name);
  if (!(data instanceof type)) throw new RecognizerError('model_failed', `the graph gave ${name} in a type of its own`);
  return data;
}
