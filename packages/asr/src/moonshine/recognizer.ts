import type { OnnxRuntime } from '@outspoken/onnx';
import { isSilentClip, validateClip } from '../clip-guard.ts';
import type { ClipResult, Recognizer, RecognizerClip, RecognizerModel, TranscribeOptions } from '../recognizer.ts';
import { RecognizerError } from '../recognizer-error.ts';
import { countTokensBeforeRepetition } from '../repetition-guard.ts';
import type { EmptyReason, GuardAction, RecognitionTimings, Token, Transcript } from '../transcript.ts';
import { assembleWords } from '../word-assembly.ts';
import type { ClipDecoder, ClipOutcome, ClipToDecode, DecodedClip } from './clip-decoder.ts';
import { isForcedStartBelievable } from './forced-start.ts';
import type { PreparedGraphs } from './graph/build.ts';
import { NotANumberError } from './greedy-search.ts';
import { isMemorisedPhrase } from './memorised-phrase.ts';
import { loadMoonshineModel } from './model.ts';
import { type MoonshineParameters, maximumTokensOf, readMoonshineParameters } from './parameters.ts';
import { PreparedDecoder, type PreparedDecoderOptions } from './prepared-decoder.ts';
import { checkGraphs, type MoonshineReference } from './self-check.ts';
import { ShippedDecoder } from './shipped-decoder.ts';
import { Tokenizer } from './tokenizer.ts';
import { surest, viewsOf } from './views.ts';

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
  /**
   * Graphs that `buildMoonshineGraphs` made of the files of this model: four times as fast.
   *
   * @defaultValue the published ones
   */
  readonly graphs?: PreparedGraphs;
  /** What the graphs must compute; they are checked against it before they are used. */
  readonly reference?: MoonshineReference;
}

/** The options of {@link loadMoonshine} unless told otherwise. */
export const DEFAULT_MOONSHINE_OPTIONS: Required<Omit<MoonshineOptions, 'graphs' | 'reference'>> = Object.freeze({
  threads: 1,
  now: () => performance.now(),
});

/**
 * Loads a Moonshine model on an injected ONNX runtime.
 *
 * @throws RangeError when an option or a parameter of the manifest is out of range.
 * @throws {@link RecognizerError} `model_failed` when the files are not those of a Moonshine model, `graph_wrong` when prepared graphs
 *   compute something else than they should on this processor: then others, or the published ones, are to be used.
 */
export async function loadMoonshine(runtime: OnnxRuntime, source: MoonshineSource, options: MoonshineOptions = {}): Promise<Recognizer> {
  const { threads, now } = { ...DEFAULT_MOONSHINE_OPTIONS, ...options };
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new RangeError(`threads must be 1-64, got ${threads}`);
  }
  const parameters = readMoonshineParameters(source.manifest.parameters);
  const tokenizer = new Tokenizer(source.files.vocabulary);
  const session = { intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all' } as const;
  const decoder = options.graphs
    ? await loadPrepared(runtime, options.graphs, { parameters, session, now, reference: options.reference })
    : new ShippedDecoder(await loadMoonshineModel(runtime, source.files, session), parameters, now);
  const { name: id, version, family } = source.manifest;
  const { sampleRateHz, minimumSamples, maximumSamples } = parameters;
  const { graph, maximumRows: maximumBatch } = decoder;
  return new MoonshineRecognizer({
    model: Object.freeze({ id, version, family, sampleRateHz, minimumSamples, maximumSamples, graph, maximumBatch }),
    parameters,
    tokenizer,
    decoder,
  });
}

async function loadPrepared(
  runtime: OnnxRuntime,
  graphs: PreparedGraphs,
  { reference, ...options }: PreparedDecoderOptions & { readonly reference: MoonshineReference | undefined },
): Promise<PreparedDecoder> {
  const decoder = await PreparedDecoder.load(runtime, graphs, options);
  try {
    await checkGraphs(runtime, decoder, { reference, options });
    return decoder;
  } catch (error) {
    await decoder.close();
    throw error;
  }
}

interface MoonshineParts {
  readonly model: RecognizerModel;
  readonly parameters: MoonshineParameters;
  readonly tokenizer: Tokenizer;
  readonly decoder: ClipDecoder;
}

/** One view of a clip on its way through the decoder. */
interface HeardClip {
  readonly toDecode: ClipToDecode;
  readonly end: (outcome: ClipOutcome) => void;
}

class MoonshineRecognizer implements Recognizer {
  readonly model: RecognizerModel;
  readonly #parts: MoonshineParts;

  constructor(parts: MoonshineParts) {
    this.model = parts.model;
    this.#parts = parts;
  }

  async transcribe(clips: readonly RecognizerClip[], options: TranscribeOptions = {}): Promise<readonly Transcript[]> {
    const { signal } = options;
    signal?.throwIfAborted();
    clips.forEach((clip, clipIndex) => {
      validateClip(clip.samples, this.model, clipIndex);
    });
    const transcripts: Transcript[] = [];
    const { maximumBatch } = this.model;
    for (let first = 0; first < clips.length; first += maximumBatch) {
      const batch = clips.slice(first, first + maximumBatch).map(({ signal: _, ...clip }) => (signal ? { ...clip, signal } : clip));
      const results = new Map<number, ClipResult>();
      await this.transcribeEach(batch, (index, result) => results.set(first + index, result));
      for (const [clipIndex, result] of [...results].sort(([a], [b]) => a - b)) {
        // Whatever failed, a caller who has cancelled hears the reason of the cancellation.
        signal?.throwIfAborted();
        if (result.type === 'error') throw toRecognizerError(result.error, clipIndex);
        transcripts.push(result.transcript);
      }
    }
    return transcripts;
  }

  async transcribeEach(clips: readonly RecognizerClip[], onResult: (index: number, result: ClipResult) => void): Promise<void> {
    const heard: HeardClip[] = [];
    for (const [clipIndex, clip] of clips.entries()) {
      try {
        clip.signal?.throwIfAborted();
        validateClip(clip.samples, this.model, clipIndex);
        if (isSilentClip(clip.samples)) onResult(clipIndex, { type: 'transcript', transcript: this.#silence(clip) });
        else heard.push(...this.#hear(clip, (result) => onResult(clipIndex, resultOf(result, clipIndex, clip.signal))));
      } catch (error) {
        onResult(clipIndex, toErrorResult(error, clipIndex, clip.signal));
      }
    }
    await this.#parts.decoder.decodeEach(
      heard.map(({ toDecode }) => toDecode),
      (index, outcome) => heard[index]?.end(outcome),
    );
  }

  /** The views of a clip; when all of them have ended, the clip has. */
  #hear(clip: RecognizerClip, end: (result: Transcript | { readonly error: unknown }) => void): HeardClip[] {
    const { parameters, decoder } = this.#parts;
    const { speech, signal, effort = 'fast' } = clip;
    const forcesStart = speech !== undefined && parameters.forcedStart !== undefined;
    const views = viewsOf(clip.samples, effort, this.model);
    const transcripts: Transcript[] = [];
    let open = views.length;
    let failure: { readonly error: unknown } | undefined;
    return views.map((samples, index) => ({
      toDecode: { samples, maximumTokens: maximumTokensOf(samples.length, parameters), forcesStart, signal },
      end: (outcome) => {
        if (outcome.type === 'decoded') transcripts[index] = this.#toTranscript(outcome.clip, clip);
        else failure ??= outcome;
        open -= 1;
        if (open > 0) return;
        // Without a failure each view has its transcript.
        end(failure ?? { ...surest(transcripts), timings: sumTimings(transcripts, decoder.maximumRows > 1), effort });
      },
    }));
  }

  #silence({ samples, effort = 'fast' }: RecognizerClip): Transcript {
    const timings = { encoderMs: 0, decoderMs: 0 };
    return { ...emptyTranscript('silence', 1), guards: ['silence'], timings, audioMs: this.#durationMsOf(samples), effort };
  }

  #durationMsOf(samples: Float32Array): number {
    return (samples.length * 1000) / this.#parts.parameters.sampleRateHz;
  }

  /** What a view says of its clip; its words lie in the clip as it is. */
  #toTranscript({ found, timings }: DecodedClip, { samples, speech, effort = 'fast' }: RecognizerClip): Transcript {
    const { tokenizer, parameters } = this.#parts;
    const rest = { timings, audioMs: this.#durationMsOf(samples), effort };
    const guards: GuardAction[] = [];
    if (found.hasForcedStart) {
      const { forcedStart } = parameters;
      if (!speech || !forcedStart || !isForcedStartBelievable(found, speech, forcedStart)) {
        return { ...emptyTranscript('no_speech', found.endProbabilityAtStart), guards, ...rest };
      }
      guards.push('forced_start');
    }
    if (found.hasReachedCap) guards.push('token_cap');
    const keptCount = countTokensBeforeRepetition(found.tokenIds, found.hasReachedCap);
    if (keptCount < found.tokenIds.length) {
      guards.push('repetition');
    }
    const tokenIds = found.tokenIds.slice(0, keptCount);
    const logProbabilities = found.logProbabilities.slice(0, keptCount);
    const texts = tokenizer.decode(tokenIds);
    const text = texts.join('').trim();
    const noSpeechProbability = found.endProbabilityAtStart;
    if (found.hasForcedStart && isMemorisedPhrase(text, noSpeechProbability)) {
      return { ...emptyTranscript('no_speech', noSpeechProbability), guards: ['memorised_phrase'], ...rest };
    }
    if (text === '') {
      const reason: EmptyReason = tokenIds.length === 0 ? 'no_speech' : 'filtered';
      return { ...emptyTranscript(reason, noSpeechProbability), guards, ...rest };
    }
    const tokens: Token[] = tokenIds.map((id, index) => ({
      id,
      text: texts[index] ?? '',
      probability: Math.exp(logProbabilities[index] ?? 0),
    }));
    const words = assembleWords(tokens, samples, parameters.sampleRateHz);
    const meanLogProbability = logProbabilities.reduce((sum, value) => sum + value, 0) / logProbabilities.length;
    return { text, tokens, words, confidence: Math.exp(meanLogProbability), noSpeechProbability, guards, ...rest };
  }

  close(): Promise<void> {
    return this.#parts.decoder.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function emptyTranscript(
  emptyReason: EmptyReason,
  noSpeechProbability: number,
): Omit<Transcript, 'guards' | 'timings' | 'audioMs' | 'effort'> {
  return { text: '', tokens: [], words: [], confidence: noSpeechProbability, noSpeechProbability, emptyReason };
}

function resultOf(result: Transcript | { readonly error: unknown }, clipIndex: number, signal: AbortSignal | undefined): ClipResult {
  return 'error' in result ? toErrorResult(result.error, clipIndex, signal) : { type: 'transcript', transcript: result };
}

/** The encoder hears the views one after the other, the search writes them side by side where it can. */
function sumTimings(transcripts: readonly Transcript[], isSideBySide: boolean): RecognitionTimings {
  const decoders = transcripts.map(({ timings }) => timings.decoderMs);
  return {
    encoderMs: transcripts.reduce((sum, { timings }) => sum + timings.encoderMs, 0),
    decoderMs: isSideBySide ? Math.max(...decoders) : decoders.reduce((sum, decoderMs) => sum + decoderMs, 0),
  };
}

function toErrorResult(error: unknown, clipIndex: number, signal: AbortSignal | undefined): ClipResult {
  return { type: 'error', error: signal?.aborted ? signal.reason : toRecognizerError(error, clipIndex) };
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
