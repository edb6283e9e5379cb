import type { OnnxRuntime } from '@outspoken/onnx';
import { isSilentClip, validateClip } from '../clip-guard.ts';
import type { Recognizer, RecognizerClip, RecognizerModel, TranscribeOptions } from '../recognizer.ts';
import { RecognizerError } from '../recognizer-error.ts';
import { countTokensBeforeRepetition } from '../repetition-guard.ts';
import type { EmptyReason, GuardAction, RecognitionTimings, Token, Transcript } from '../transcript.ts';
import { assembleWords } from '../word-assembly.ts';
import { type GreedySearchResult, NotANumberError, searchGreedily } from './greedy-search.ts';
import { loadMoonshineModel, type MoonshineModel } from './model.ts';
import { type MoonshineParameters, maximumTokensOf, readMoonshineParameters } from './parameters.ts';
import { Tokenizer } from './tokenizer.ts';

/** A Moonshine model in memory, as `loadModelFiles` of `@outspoken/models` returns it. */
export interface MoonshineSource {
  readonly manifest: {
    readonly name: string;
    readonly version: string;
    readonly family: string;
    /** Must hold every field of {@link MoonshineParameters}. */
    readonly parameters: Readonly<Record<string, number>>;
  };
  readonly files: {
    /** ONNX graph: samples to hidden states. */
    readonly encoder: Uint8Array;
    /** ONNX graph: the merged decoder, with and without a cache. */
    readonly decoder: Uint8Array;
    /** UTF-8 text, one piece of the vocabulary a line. */
    readonly vocabulary: Uint8Array;
  };
}

/** Options of {@link loadMoonshine}. */
export interface MoonshineOptions {
  /**
   * Threads inside one run of a graph, 1-64.
   *
   * @defaultValue 1: a second thread gains nothing on graphs this small, a second process does.
   */
  readonly threads?: number;
  /**
   * Monotonic clock for the timings, in milliseconds.
   *
   * @defaultValue `performance.now`
   */
  readonly now?: () => number;
}

/** The options of {@link loadMoonshine} unless told otherwise. */
export const DEFAULT_MOONSHINE_OPTIONS: Required<MoonshineOptions> = Object.freeze({ threads: 1, now: () => performance.now() });

/**
 * Loads a Moonshine model on an injected ONNX runtime.
 *
 * @throws RangeError when an option or a parameter of the manifest is out of range.
 * @throws {@link RecognizerError} `model_failed` when the files are not those of a Moonshine model.
 */
export async function loadMoonshine(runtime: OnnxRuntime, source: MoonshineSource, options: MoonshineOptions = {}): Promise<Recognizer> {
  const { threads, now } = { ...DEFAULT_MOONSHINE_OPTIONS, ...options };
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new RangeError(`threads must be 1-64, got ${threads}`);
  }
  const parameters = readMoonshineParameters(source.manifest.parameters);
  const tokenizer = new Tokenizer(source.files.vocabulary);
  const model = await loadMoonshineModel(runtime, source.files, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
  const { name: id, version, family } = source.manifest;
  const { sampleRateHz, minimumSamples, maximumSamples } = parameters;
  return new MoonshineRecognizer({
    model: Object.freeze({ id, version, family, sampleRateHz, minimumSamples, maximumSamples }),
    parameters,
    tokenizer,
    graphs: model,
    now,
  });
}

interface MoonshineParts {
  readonly model: RecognizerModel;
  readonly parameters: MoonshineParameters;
  readonly tokenizer: Tokenizer;
  readonly graphs: MoonshineModel;
  readonly now: () => number;
}

class MoonshineRecognizer implements Recognizer {
  readonly model: RecognizerModel;
  readonly #parts: MoonshineParts;

  constructor(parts: MoonshineParts) {
    this.model = parts.model;
    this.#parts = parts;
  }

  async transcribe(clips: readonly RecognizerClip[], options: TranscribeOptions = {}): Promise<readonly Transcript[]> {
    options.signal?.throwIfAborted();
    clips.forEach((clip, clipIndex) => {
      validateClip(clip.samples, this.model, clipIndex);
    });
    const transcripts: Transcript[] = [];
    for (const [clipIndex, clip] of clips.entries()) {
      try {
        transcripts.push(await this.#transcribeClip(clip.samples, options.signal));
      } catch (error) {
        // Whatever failed, a caller who has cancelled hears the reason of the cancellation.
        options.signal?.throwIfAborted();
        throw toRecognizerError(error, clipIndex);
      }
    }
    return transcripts;
  }

  async #transcribeClip(samples: Float32Array, signal: AbortSignal | undefined): Promise<Transcript> {
    const { graphs, parameters, now } = this.#parts;
    const audioMs = (samples.length * 1000) / parameters.sampleRateHz;
    if (isSilentClip(samples)) {
      const timings = { encoderMs: 0, decoderMs: 0 };
      return { ...emptyTranscript('silence', 1), guards: ['silence'], timings, audioMs };
    }
    const startedAtMs = now();
    const encoderStates = await graphs.encode(samples);
    const encodedAtMs = now();
    const found = await searchGreedily(graphs.startDecoding(encoderStates), {
      startTokenId: parameters.startTokenId,
      endTokenId: parameters.endTokenId,
      maximumTokens: maximumTokensOf(samples.length, parameters),
      now,
      signal,
    });
    return this.#toTranscript(found, samples, audioMs, { encoderMs: encodedAtMs - startedAtMs, decoderMs: now() - encodedAtMs });
  }

  #toTranscript(found: GreedySearchResult, samples: Float32Array, audioMs: number, timings: RecognitionTimings): Transcript {
    const { tokenizer, parameters } = this.#parts;
    const guards: GuardAction[] = found.hasReachedCap ? ['token_cap'] : [];
    const keptCount = countTokensBeforeRepetition(found.tokenIds, found.hasReachedCap);
    if (keptCount < found.tokenIds.length) {
      guards.push('repetition');
    }
    const tokenIds = found.tokenIds.slice(0, keptCount);
    const logProbabilities = found.logProbabilities.slice(0, keptCount);
    const texts = tokenizer.decode(tokenIds);
    const text = texts.join('').trim();
    const noSpeechProbability = found.endProbabilityAtStart;
    if (text === '') {
      const reason: EmptyReason = tokenIds.length === 0 ? 'no_speech' : 'filtered';
      return { ...emptyTranscript(reason, noSpeechProbability), guards, timings, audioMs };
    }
    const tokens: Token[] = tokenIds.map((id, index) => ({
      id,
      text: texts[index] ?? '',
      probability: Math.exp(logProbabilities[index] ?? 0),
    }));
    const words = assembleWords(tokens, samples, parameters.sampleRateHz);
    const meanLogProbability = logProbabilities.reduce((sum, value) => sum + value, 0) / logProbabilities.length;
    return { text, tokens, words, confidence: Math.exp(meanLogProbability), noSpeechProbability, guards, timings, audioMs };
  }

  close(): Promise<void> {
    return this.#parts.graphs.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function emptyTranscript(emptyReason: EmptyReason, noSpeechProbability: number): Omit<Transcript, 'guards' | 'timings' | 'audioMs'> {
  return { text: '', tokens: [], words: [], confidence: noSpeechProbability, noSpeechProbability, emptyReason };
}

function toRecognizerError(error: unknown, clipIndex: number): RecognizerError {
  if (error instanceof NotANumberError) {
    return new RecognizerError('not_a_number', error.message, { cause: error, clipIndex });
  }
  if (error instanceof RecognizerError) {
    return new RecognizerError(error.code, error.message, { cause: error, clipIndex });
  }
  return new RecognizerError('model_failed', 'the model failed on a clip', { cause: error, clipIndex });
}
