import { loadOnnxModel, type OnnxModel, type OnnxRuntime, type OnnxSessionOptions, type OnnxTensor } from '@outspoken/onnx';
import type { GraphVariant } from '../recognizer.ts';
import { RecognizerError } from '../recognizer-error.ts';
import { BEAM_WIDTH, foundIn, searchBeam } from './beam-search.ts';
import type { Beam, ClipDecoder, ClipOutcome, ClipToDecode, ReadTexts } from './clip-decoder.ts';
import { ClipText, type SearchStep } from './clip-text.ts';
import { DecodingRows, type RowInputs, readRowInputs } from './decoding-rows.ts';
import type { PreparedGraphs } from './graph/build.ts';
import { dataOf } from './model.ts';
import type { MoonshineParameters } from './parameters.ts';
import { PreparedBranches } from './prepared-branches.ts';
import { readAttention } from './step-attention.ts';
import { readTexts } from './text-reading.ts';

// A run is not interrupted, so this is how many tokens a cancelled clip may still cost: under 10 ms. Longer runs were no faster.
const STEPS_PER_RUN = 16;

// The most probable token, and what the text goes on with when that would end it too early.
const CANDIDATES = 2;

// Beyond four rows the keys and values of the clips, 3.4 MB for 6 s, cost what the weights, which are read once for all, save.
const MAXIMUM_ROWS = 4;

/** What {@link PreparedDecoder} needs beside its graphs. */
export interface PreparedDecoderOptions {
  readonly parameters: MoonshineParameters;
  readonly session: OnnxSessionOptions;
  readonly now: () => number;
}

/** A clip that is being decoded. */
interface Row {
  readonly clip: ClipToDecode;
  /** Taken out once it is put together with that of the others, unless it is to be kept: seconds of speech take megabytes. */
  encoded: Record<string, OnnxTensor>;
  readonly encoderMs: number;
  readonly text: ClipText;
  readonly end: (outcome: ClipOutcome) => void;
}

/** The graphs of `graph/`: the encoder clip by clip, then the search for all of them, some tokens a run. */
export class PreparedDecoder implements ClipDecoder {
  readonly graph: GraphVariant;
  readonly maximumRows = MAXIMUM_ROWS;
  readonly #runtime: OnnxRuntime;
  readonly #encoder: OnnxModel;
  readonly #decoder: OnnxModel;
  readonly #options: PreparedDecoderOptions;
  readonly #inputs: RowInputs;

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
    this.#inputs = readRowInputs(parts.decoder);
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

  async decodeEach(clips: readonly ClipToDecode[], onEnd: (index: number, outcome: ClipOutcome) => void): Promise<void> {
    for (let first = 0; first < clips.length; first += this.maximumRows) {
      const rows: Row[] = [];
      for (const [offset, clip] of clips.slice(first, first + this.maximumRows).entries()) {
        const end = (outcome: ClipOutcome): void => onEnd(first + offset, outcome);
        try {
          const row = await this.#encodeRow(clip, end);
          // The texts of its beam fill the rows of the decoder by themselves.
          if (clip.beam) await this.#searchBeam(row, clip.beam);
          else rows.push(row);
        } catch (error) {
          end({ type: 'failed', error });
        }
      }
      if (rows.length > 0) await this.#search(rows);
    }
  }

  /** What the search needs of a clip: keys and values of the cross-attention of each layer, `cross_key.N` and `cross_value.N`. */
  encode(samples: Float32Array): Promise<Record<string, OnnxTensor>> {
    return this.#encoder.run({ audio: new this.#runtime.Tensor('float32', samples, [1, samples.length]) });
  }

  async close(): Promise<void> {
    await Promise.all([this.#encoder.close(), this.#decoder.close()]);
  }

  /** The encoder takes each clip alone and at its true length: what is put around a clip changes its text. */
  async #encodeRow(clip: ClipToDecode, end: (outcome: ClipOutcome) => void): Promise<Row> {
    const { now, parameters } = this.#options;
    clip.signal?.throwIfAborted();
    const startedAtMs = now();
    const encoded = await this.encode(clip.samples);
    const encodedAtMs = now();
    clip.signal?.throwIfAborted();
    const text = new ClipText({ endTokenId: parameters.endTokenId, maximumTokens: clip.maximumTokens, forcesStart: clip.forcesStart });
    return { clip, encoded, encoderMs: encodedAtMs - startedAtMs, text, end };
  }

  #readerOf(encoded: Record<string, OnnxTensor>): ReadTexts {
    const { startTokenId, endTokenId } = this.#options.parameters;
    const options = { runtime: this.#runtime, decoder: this.#decoder, inputs: this.#inputs, startTokenId, endTokenId };
    return (texts) => readTexts(options, encoded, texts);
  }

  /** Follows several texts of one clip in the rows of the decoder. */
  async #searchBeam({ clip, encoded, encoderMs, end }: Row, { keywords }: Beam): Promise<void> {
    const { now, parameters } = this.#options;
    const { startTokenId, endTokenId } = parameters;
    const startedAtMs = now();
    const branches = new PreparedBranches({ runtime: this.#runtime, decoder: this.#decoder, inputs: this.#inputs, endTokenId }, encoded);
    const { maximumTokens, forcesStart, signal } = clip;
    const texts = await searchBeam(branches, {
      startTokenId,
      endTokenId,
      maximumTokens,
      forcesStart,
      width: BEAM_WIDTH,
      keywords,
      signal,
    });
    const timings = { encoderMs, decoderMs: now() - startedAtMs };
    const read = clip.keepsSound ? { read: this.#readerOf(encoded) } : {};
    end({ type: 'decoded', clip: { found: foundIn(texts), texts, timings, ...read } });
  }

  /** Writes the texts of the rows side by side. A run ends with the first text that does; the others go on without it. */
  async #search(rows: readonly Row[]): Promise<void> {
    const startedAtMs = this.#options.now();
    let open = rows;
    try {
      const tensors = new DecodingRows(
        this.#runtime,
        this.#inputs,
        rows.map(({ encoded }) => encoded),
      );
      for (const row of rows) {
        if (!row.clip.keepsSound) row.encoded = {};
      }
      for (let position = 0; open.length > 0; ) {
        const stepCount = Math.min(STEPS_PER_RUN, ...open.map(({ text }) => text.remainingTokens));
        const steps = stepCount > 0 ? await this.#run(tensors, open, { position, stepCount }) : [];
        position += steps.length;
        const goesOn = open.map((row, index) =>
          this.#write(
            row,
            startedAtMs,
            steps.map((step) => step[index]).filter((step) => step !== undefined),
          ),
        );
        const places = placesToKeep(goesOn);
        if (places.length > 0 && places.length < open.length) tensors.keep(places);
        open = places.flatMap((place) => open[place] ?? []);
      }
    } catch (error) {
      for (const { end } of open) end({ type: 'failed', error });
    }
  }

  /** @returns By step and row. */
  async #run(
    tensors: DecodingRows,
    open: readonly Row[],
    { position, stepCount }: { readonly position: number; readonly stepCount: number },
  ): Promise<SearchStep[][]> {
    const { startTokenId, endTokenId } = this.#options.parameters;
    const lastTokenIds = open.map(({ text }) => text.lastTokenId ?? startTokenId);
    const run = { position, stepCount, candidateCount: CANDIDATES, givenTokenId: endTokenId };
    const outputs = await this.#decoder.run(tensors.feeds(lastTokenIds, run));
    tensors.advance(outputs);
    const ids = dataOf(outputs, 'candidate_ids', BigInt64Array);
    const probabilities = dataOf(outputs, 'candidate_probabilities', Float32Array);
    const attention = readAttention(outputs);
    const steps = Array.from(dataOf(outputs, 'given_probabilities', Float32Array), (endProbability, index) => ({
      ...attention(index),
      tokenId: Number(ids[index * CANDIDATES]),
      probability: probabilities[index * CANDIDATES] ?? Number.NaN,
      runnerUpId: Number(ids[index * CANDIDATES + 1]),
      runnerUpProbability: probabilities[index * CANDIDATES + 1] ?? Number.NaN,
      endProbability,
    }));
    return Array.from({ length: steps.length / open.length }, (_, step) => steps.slice(step * open.length, (step + 1) * open.length));
  }

  /** @returns Whether the row goes on; if not, its clip was told how it ended. */
  #write({ clip, text, encoded, encoderMs, end }: Row, startedAtMs: number, steps: readonly SearchStep[]): boolean {
    try {
      // A run settles in a task of its own, so whoever cancels is heard here.
      clip.signal?.throwIfAborted();
      text.write(steps);
      if (text.remainingTokens > 0) return true;
      const timings = { encoderMs, decoderMs: this.#options.now() - startedAtMs };
      const read = clip.keepsSound ? { read: this.#readerOf(encoded) } : {};
      end({ type: 'decoded', clip: { found: text.result(), timings, ...read } });
    } catch (error) {
      end({ type: 'failed', error });
    }
    return false;
  }
}

/** Where the rows that go on are to be taken from so that those that can keep their places: the last ones fill the gaps. */
function placesToKeep(goesOn: readonly boolean[]): number[] {
  const kept = [...goesOn.keys()].filter((place) => goesOn[place]);
  const movable = kept.filter((place) => place >= kept.length);
  return Array.from({ length: kept.length }, (_, place) => (goesOn[place] ? place : (movable.pop() ?? place)));
}
