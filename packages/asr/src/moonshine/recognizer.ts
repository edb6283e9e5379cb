import type { OnnxRuntime } from '@outspoken/onnx';
import { isSilentClip, validateClip } from '../clip-guard.ts';
import { type ConfidenceCalibration, checkCalibration } from '../confidence-calibration.ts';
import type { ClipResult, Recognizer, RecognizerClip, RecognizerModel, TranscribeOptions } from '../recognizer.ts';
import { RecognizerError } from '../recognizer-error.ts';
import type { Transcript } from '../transcript.ts';
import { type Hearing, hearInRounds, isHeardOnce, type ViewToDecode, viewsToDecode } from './clip-hearing.ts';
import type { PreparedGraphs } from './graph/build.ts';
import { NotANumberError } from './greedy-search.ts';
import { KeywordTrees } from './keyword-trees.ts';
import { loadMoonshineModel } from './model.ts';
import { readMoonshineParameters } from './parameters.ts';
import { PreparedDecoder, type PreparedDecoderOptions } from './prepared-decoder.ts';
import { checkGraphs, type MoonshineReference } from './self-check.ts';
import { ShippedDecoder } from './shipped-decoder.ts';
import { Tokenizer } from './tokenizer.ts';
import { TranscriptWriter } from './transcript-writer.ts';

// Of a model for which nobody has measured one; less than what is best for the small model.
const CAUTIOUS_BONUS = { perToken: 1, maximum: 4 };

/** A Moonshine model in memory, as `loadModelFiles` of `@outspoken/models` returns it. */
export interface MoonshineSource {
  readonly manifest: {
    readonly name: string;
    readonly version: string;
    readonly family: string;
    /** Must hold every field of {@link MoonshineParameters}. */
    readonly parameters: Readonly<Record<string, number>>;
    /** Absent where nobody has measured it: then words have the probabilities of the model. */
    readonly wordConfidence?: ConfidenceCalibration;
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
 * @throws RangeError when an option, a parameter or a knot of the manifest is out of range.
 * @throws {@link RecognizerError} `model_failed` when the files are not those of a Moonshine model, `graph_wrong` when prepared graphs
 *   compute something else than they should on this processor: then others, or the published ones, are to be used.
 */
export async function loadMoonshine(runtime: OnnxRuntime, source: MoonshineSource, options: MoonshineOptions = {}): Promise<Recognizer> {
  const { threads, now } = { ...DEFAULT_MOONSHINE_OPTIONS, ...options };
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new RangeError(`threads must be 1-64, got ${threads}`);
  }
  const parameters = readMoonshineParameters(source.manifest.parameters);
  const calibration = checkCalibration(source.manifest.wordConfidence ?? {});
  const tokenizer = new Tokenizer(source.files.vocabulary);
  const session = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // A plan of the memory for each length that a clip ever had, kept for ever: 90 KB more for each, and no faster.
    enableMemPattern: false,
  } as const;
  const decoder = options.graphs
    ? await loadPrepared(runtime, options.graphs, { parameters, session, now, reference: options.reference })
    : new ShippedDecoder(await loadMoonshineModel(runtime, source.files, session), parameters, now);
  const { name: id, version, family } = source.manifest;
  const { sampleRateHz, minimumSamples, maximumSamples } = parameters;
  const { graph, maximumRows: maximumBatch } = decoder;
  return new MoonshineRecognizer({
    model: Object.freeze({ id, version, family, sampleRateHz, minimumSamples, maximumSamples, graph, maximumBatch }),
    writer: new TranscriptWriter(tokenizer, parameters, calibration),
    keywordTrees: new KeywordTrees(tokenizer, parameters.keywordBonus ?? CAUTIOUS_BONUS),
    decoder,
    viewLimits: parameters,
    now,
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

class MoonshineRecognizer implements Recognizer {
  readonly model: RecognizerModel;
  readonly #parts: Hearing;

  constructor(parts: Hearing) {
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
    const { decoder, writer } = this.#parts;
    const end = (clipIndex: number, result: ClipResult): void =>
      onResult(clipIndex, result.type === 'error' ? toErrorResult(result.error, clipIndex, clips[clipIndex]?.signal) : result);
    const sideBySide: { readonly clipIndex: number; readonly clip: RecognizerClip; readonly view: ViewToDecode }[] = [];
    const inRounds: { readonly clipIndex: number; readonly clip: RecognizerClip }[] = [];
    for (const [clipIndex, clip] of clips.entries()) {
      try {
        clip.signal?.throwIfAborted();
        validateClip(clip.samples, this.model, clipIndex);
        if (isSilentClip(clip.samples)) {
          end(clipIndex, { type: 'transcript', transcript: writer.silence(clip) });
          continue;
        }
        if (isHeardOnce(clip)) sideBySide.push(...viewsToDecode(clip, 0, this.#parts).map((view) => ({ clipIndex, clip, view })));
        else inRounds.push({ clipIndex, clip });
      } catch (error) {
        end(clipIndex, { type: 'error', error });
      }
    }
    await decoder.decodeEach(
      sideBySide.map(({ view }) => view),
      (place, outcome) => {
        const { clipIndex, clip, view } = sideBySide[place] ?? {};
        if (clipIndex === undefined || !clip) return;
        if (outcome.type === 'failed') return end(clipIndex, { type: 'error', error: outcome.error });
        const { found, timings } = outcome.clip;
        end(clipIndex, { type: 'transcript', transcript: writer.write(found, clip, timings, view?.heardAs) });
      },
    );
    // The views of one clip, or the texts of its beam, fill the rows of the decoder by themselves.
    for (const { clipIndex, clip } of inRounds) {
      try {
        end(clipIndex, { type: 'transcript', transcript: await hearInRounds(clip, this.#parts) });
      } catch (error) {
        end(clipIndex, { type: 'error', error });
      }
    }
  }

  close(): Promise<void> {
    return this.#parts.decoder.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
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
