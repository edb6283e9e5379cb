import type { PagePackets } from './ogg-packets.ts';
import type { OggPage } from './ogg-page.ts';
import type { PacketDecoder } from './packet-decoder.ts';
import { cropped, joined, lengthOf, type SoundBlock, silence } from './sound-block.ts';

export interface OggTimelineOptions {
  readonly decoder: PacketDecoder;
  readonly channelCount: number;
  /** Rate of what the decoder gives, in hertz. */
  readonly sampleRateHz: number;
  /** Rate of the positions in the pages, in hertz. */
  readonly clockHz: number;
  /** Samples at the decoder's rate that come before the sound. */
  readonly preSkipSamples: number;
}

// A longer gap is a wrong position, or a recording that was stopped overnight.
const MAX_GAP_SECONDS = 600;

/**
 * Decodes the pages of one Ogg stream and keeps their time: silence stands for pages that are missing, what comes before the sound and
 * behind its end is cut off. A stream that begins in the middle, as a recorder of broadcasts writes it, begins at 0.
 */
export class OggTimeline {
  readonly #options: OggTimelineOptions;
  /** Position at which the stream begins, in decoded samples, as all counts here; undefined until a page has told. */
  #startSample: number | undefined;
  #decodedSamples = 0;
  #skipSamples: number;
  #endSample: number | undefined;
  /** The last block waits until it is known whether it is cut. */
  #held: SoundBlock | undefined;

  constructor(options: OggTimelineOptions) {
    this.#options = options;
    this.#skipSamples = options.preSkipSamples;
  }

  async *push(page: OggPage, { packets, isAfterGap }: PagePackets): AsyncGenerator<SoundBlock> {
    const { decoder } = this.#options;
    const isUnplaced = this.#startSample === undefined || isAfterGap;
    // Of a stream that is not begun yet, the last page begins at 0. Pages behind the last one are sound again.
    this.#endSample = page.isLast && page.granule >= 0 ? this.#positionOf(page) - (this.#startSample ?? 0) : undefined;
    if (isUnplaced) yield* this.#emit(await decoder.flush());
    const blocks: SoundBlock[] = [];
    for (const packet of packets) {
      const block = await decoder.decode(packet);
      if (block === undefined) continue;
      if (isUnplaced) blocks.push(block);
      else yield* this.#emit(block);
    }
    if (isUnplaced) {
      const last = await decoder.flush();
      if (last !== undefined) blocks.push(last);
      const block = joined(blocks);
      if (page.granule >= 0) yield* this.#place(page, block);
      yield* this.#emit(block);
    }
  }

  /** The end of the sound. */
  async *end(): AsyncGenerator<SoundBlock> {
    yield* this.#emit(await this.#options.decoder.flush());
    yield* this.#release();
  }

  /** Fills the gap before a page; its position is that of its end. */
  *#place(page: OggPage, block: SoundBlock | undefined): Generator<SoundBlock> {
    const { channelCount, sampleRateHz } = this.#options;
    const startOfPage = this.#positionOf(page) - (block === undefined ? 0 : lengthOf(block));
    if (this.#startSample === undefined) {
      // The position of the last page says where the sound is cut, not how much there is of it.
      this.#startSample = page.isLast ? 0 : Math.max(0, startOfPage);
      return;
    }
    const gapSamples = startOfPage - this.#startSample - this.#decodedSamples;
    if (gapSamples <= 0 || gapSamples > MAX_GAP_SECONDS * sampleRateHz) return;
    for (let rest = gapSamples; rest > 0; rest -= sampleRateHz)
      yield* this.#emit(silence(channelCount, sampleRateHz, Math.min(rest, sampleRateHz)));
  }

  *#emit(block: SoundBlock | undefined): Generator<SoundBlock> {
    if (block === undefined) return;
    yield* this.#release();
    const skipped = Math.min(this.#skipSamples, lengthOf(block));
    this.#skipSamples -= skipped;
    this.#decodedSamples += lengthOf(block);
    this.#held = cropped(block, skipped);
  }

  /** Gives out the block that waits, up to the end of the sound: the last page may cut several packets off. */
  *#release(): Generator<SoundBlock> {
    const block = this.#held;
    if (block === undefined) return;
    this.#held = undefined;
    const excess = this.#endSample === undefined ? 0 : Math.max(0, this.#decodedSamples - this.#endSample);
    if (excess < lengthOf(block)) yield cropped(block, 0, lengthOf(block) - excess);
  }

  #positionOf(page: OggPage): number {
    return Math.round((page.granule * this.#options.sampleRateHz) / this.#options.clockHz);
  }
}
