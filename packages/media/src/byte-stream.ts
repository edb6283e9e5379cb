import type { MediaSource } from './media-source.ts';

const BLOCK_BYTES = 256 * 1024;

/** Walks forward through a file, reading it in large blocks. Holds one block. */
export class ByteStream {
  readonly sizeBytes: number;
  readonly #source: MediaSource;
  #position: number;
  #block: Uint8Array = new Uint8Array(0);
  #blockStart = 0;

  constructor(source: MediaSource, startByte = 0) {
    this.sizeBytes = source.sizeBytes;
    this.#source = source;
    this.#position = startByte;
  }

  /** The byte that comes next. */
  get position(): number {
    return this.#position;
  }

  /** The next bytes, at least `countBytes` of them if the file has so many; a view that holds until the next call. */
  async peek(countBytes: number): Promise<Uint8Array> {
    const start = this.#position;
    const wantedEnd = Math.min(start + countBytes, this.sizeBytes);
    if (start < this.#blockStart || wantedEnd > this.#blockStart + this.#block.length) {
      // Four times what is asked for, so that what two blocks overlap is read twice only now and then.
      const end = Math.min(start + Math.max(BLOCK_BYTES, 4 * countBytes), this.sizeBytes);
      this.#block = start < end ? await this.#source.read(start, end) : new Uint8Array(0);
      this.#blockStart = start;
    }
    return this.#block.subarray(start - this.#blockStart);
  }

  skip(countBytes: number): void {
    this.#position += countBytes;
  }
}
