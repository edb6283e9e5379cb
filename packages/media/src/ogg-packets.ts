import type { OggPage } from './ogg-page.ts';

/** What a page adds to its stream. */
export interface PagePackets {
  /** Packets that end on the page; one that is longer than any codec's is empty here. */
  readonly packets: readonly Uint8Array[];
  /** Whether pages before this one are missing. */
  readonly isAfterGap: boolean;
}

// Headers of Vorbis are some kilobytes; a comment with a picture is longer, and nobody reads it.
const MAX_PACKET_BYTES = 1024 * 1024;

/** Puts the packets of one Ogg stream together from its pages, in order. */
export class OggPackets {
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #isOpen = false;
  #sequence: number | undefined;

  push(page: OggPage): PagePackets {
    const isAfterGap = this.#sequence !== undefined && page.sequence !== (this.#sequence + 1) >>> 0;
    this.#sequence = page.sequence;
    if (isAfterGap) this.#drop();
    // The end of a packet whose beginning is lost.
    let isSkipping = page.isContinued && !this.#isOpen;
    if (!page.isContinued) this.#drop();
    const packets: Uint8Array[] = [];
    let offset = 0;
    for (const length of page.lacing) {
      if (!isSkipping) this.#append(page.payload.subarray(offset, offset + length));
      offset += length;
      if (length === 255) continue;
      if (!isSkipping) packets.push(Buffer.concat(this.#parts));
      this.#drop();
      isSkipping = false;
    }
    return { packets, isAfterGap };
  }

  #append(part: Uint8Array): void {
    this.#isOpen = true;
    this.#partBytes += part.length;
    if (this.#partBytes <= MAX_PACKET_BYTES) this.#parts.push(part);
    else this.#parts = [];
  }

  #drop(): void {
    this.#parts = [];
    this.#partBytes = 0;
    this.#isOpen = false;
  }
}
