import { BEAM_WIDTH, foundIn, searchBeam } from './beam-search.ts';
import type { ClipDecoder, ClipOutcome, ClipToDecode, DecodedClip, ReadTexts, TextReading } from './clip-decoder.ts';
import { searchGreedily } from './greedy-search.ts';
import type { MoonshineModel } from './model.ts';
import type { MoonshineParameters } from './parameters.ts';
import { ShippedBranches } from './shipped-branches.ts';
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

  async #decode(clip: ClipToDecode): Promise<DecodedClip> {
    const { samples, maximumTokens, forcesStart, signal, keepsSound, beam } = clip;
    const { startTokenId, endTokenId } = this.#parameters;
    signal?.throwIfAborted();
    const startedAtMs = this.#now();
    const encoderStates = await this.#graphs.encode(samples);
    const encodedAtMs = this.#now();
    const decoder = this.#graphs.startDecoding(encoderStates);
    const options = { startTokenId, endTokenId, maximumTokens, forcesStart, signal };
    const texts = beam && (await searchBeam(new ShippedBranches(decoder, endTokenId), { ...options, ...beam, width: BEAM_WIDTH }));
    const found = texts ? foundIn(texts) : await searchGreedily(decoder, { ...options, now: this.#now });
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
      ...(texts && { texts }),
      timings: { encoderMs: encodedAtMs - startedAtMs, decoderMs: this.#now() - encodedAtMs },
    };
  }
}
