import type { RecognitionTimings } from '../transcript.ts';
import type { ClipDecoder, ClipDecoderOptions } from './clip-decoder.ts';
import { type GreedySearchResult, searchGreedily } from './greedy-search.ts';
import type { MoonshineModel } from './model.ts';
import type { MoonshineParameters } from './parameters.ts';

/** The published graphs, one run a token: slow and right on every processor. */
export class ShippedDecoder implements ClipDecoder {
  readonly graph = 'shipped';
  readonly #graphs: MoonshineModel;
  readonly #parameters: MoonshineParameters;
  readonly #now: () => number;

  constructor(graphs: MoonshineModel, parameters: MoonshineParameters, now: () => number) {
    this.#graphs = graphs;
    this.#parameters = parameters;
    this.#now = now;
  }

  async decode(
    samples: Float32Array,
    { maximumTokens, signal }: ClipDecoderOptions,
  ): Promise<{ readonly found: GreedySearchResult; readonly timings: RecognitionTimings }> {
    const startedAtMs = this.#now();
    const encoderStates = await this.#graphs.encode(samples);
    const encodedAtMs = this.#now();
    const found = await searchGreedily(this.#graphs.startDecoding(encoderStates), {
      startTokenId: this.#parameters.startTokenId,
      endTokenId: this.#parameters.endTokenId,
      maximumTokens,
      now: this.#now,
      signal,
    });
    return { found, timings: { encoderMs: encodedAtMs - startedAtMs, decoderMs: this.#now() - encodedAtMs } };
  }

  close(): Promise<void> {
    return this.#graphs.close();
  }
}
