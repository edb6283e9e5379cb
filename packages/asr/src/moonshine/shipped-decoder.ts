import type { ClipDecoder, ClipOutcome, ClipToDecode, DecodedClip, ReadTexts, TextReading } from './clip-decoder.ts';
import { searchGreedily } from './greedy-search.ts';
import type { MoonshineModel } from './model.ts';
import type { MoonshineParameters } from './parameters.ts';
import { readStepByStep } from './step-reading.ts';

/** The published graphs, one run a token and one clip at a time: slow and right on every processor. */
export class ShippedDecoder implements ClipDecoder {
  readonly graph = 'shipped';
  readonly maximumRows = 1;
  readonly #graphs: MoonshineModel;
  readonly #parameters: MoonshineParameters;
  readonly #now: () => number;

  constructor(graphs: MoonshineModel, parameters: MoonshineParameters, now: () => number) {
    this.#graphs = graphs;
    this.#parameters = parameters;
    this.#now = now;
  }

  async decodeEach(clips: readonly ClipToDecode[], onEnd: (index: number, outcome: ClipOutcome) => void): Promise<void> {
    for (const [index, clip] of clips.entries()) {
      try {
        onEnd(index, { type: 'decoded', clip: await this.#decode(clip) });
      } catch (error) {
        onEnd(index, { type: 'failed', error });
      }
    }
  }

  close(): Promise<void> {
    return this.#graphs.close();
  }

  async #decode({ samples, maximumTokens, forcesStart, signal, keepsSound }: ClipToDecode): Promise<DecodedClip> {
    signal?.throwIfAborted();
    const startedAtMs = this.#now();
    const encoderStates = await this.#graphs.encode(samples);
    const encodedAtMs = this.#now();
    const found = await searchGreedily(this.#graphs.startDecoding(encoderStates), {
      startTokenId: this.#parameters.startTokenId,
      endTokenId: this.#parameters.endTokenId,
      maximumTokens,
      forcesStart,
      now: this.#now,
      signal,
    });
    const read: ReadTexts = async (texts) => {
      const readings: TextReading[] = [];
      for (const text of texts) {
        readings.push(await readStepByStep(this.#graphs.startDecoding(encoderStates), text, this.#parameters));
      }
      return readings;
    };
    return {
      ...(keepsSound ? { read } : {}),
      found,
      timings: { encoderMs: encodedAtMs - startedAtMs, decoderMs: this.#now() - encodedAtMs },
    };
  }
}
