import type { ByteStream } from './byte-stream.ts';
import { MAX_OGG_PAGE_BYTES, OGG_HEADER_BYTES, type OggPage, readOggPage } from './ogg-page.ts';

// Behind longer junk than this no page is looked for.
const MAX_JUNK_BYTES = 4 * 1024 * 1024;
const SIGNATURE = 'OggS';

/** Walks through the pages of an Ogg file; damaged ones are left out. */
export class OggPages {
  readonly #stream: ByteStream;
  #isTruncated = false;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /** Whether the file ends within a page. */
  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  /** The next page; undefined at the end. */
  async next(): Promise<OggPage | undefined> {
    let junkBytes = 0;
    while (junkBytes <= MAX_JUNK_BYTES) {
      const bytes = await this.#stream.peek(MAX_OGG_PAGE_BYTES);
      if (bytes.length < OGG_HEADER_BYTES) {
        this.#isTruncated ||= beginsPage(bytes);
        return undefined;
      }
      const page = readOggPage(bytes);
      if (page !== undefined) {
        this.#isTruncated = false;
        this.#stream.skip(page.pageBytes);
        return page;
      }
      this.#isTruncated ||= beginsPage(bytes);
      const next = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(SIGNATURE, 1, 'latin1');
      // The last bytes may be the beginning of a page.
      const step = next === -1 ? Math.max(1, bytes.length - 3) : next;
      junkBytes += step;
      this.#stream.skip(step);
    }
    return undefined;
  }
}

/** Whether the bytes, as far as there are any, are those of a page: a tag behind the last page is not the beginning of another. */
function beginsPage(bytes: Uint8Array): boolean {
  return bytes.length > 0 && SIGNATURE.startsWith(String.fromCharCode(...bytes.subarray(0, SIGNATURE.length)));
}
