import { CustomSource } from 'mediabunny';
import { MediaError } from './media-error.ts';
import type { MediaSource } from './media-source.ts';

// A group of packets in WebM is read as one; of films with a high rate it has tens of megabytes.
const MAX_READ_BYTES = 64 * 1024 * 1024;
const BLOCK_BYTES = 256 * 1024;
// No honest walk asks for the same bytes more than a few times in a row.
const MAX_REPEATS = 1000;

/**
 * A file for the container reader, with one block of it held here instead of in the reader's own cache.
 *
 * mediabunny 1.61 searches a damaged WebM for its next element without end when nothing follows but 8 bytes, and it never waits while it
 * has them in its cache. Without the cache each round comes by here, where it is counted and ended.
 */
export function createContainerSource(source: MediaSource): CustomSource {
  let block: Uint8Array = new Uint8Array(0);
  let blockStart = 0;
  let lastStart = -1;
  let lastEnd = -1;
  let repeats = 0;
  return new CustomSource({
    getSize: () => source.sizeBytes,
    async read(startByte, endByte) {
      if (endByte - startByte > MAX_READ_BYTES)
        throw new MediaError('media_damaged', 'a part of this file is too large to be read at once');
      repeats = startByte === lastStart && endByte === lastEnd ? repeats + 1 : 0;
      lastStart = startByte;
      lastEnd = endByte;
      if (repeats > MAX_REPEATS) throw new Error('the container reader does not come forward');
      if (endByte - startByte > BLOCK_BYTES / 2) return await source.read(startByte, endByte);
      if (startByte < blockStart || endByte > blockStart + block.length) {
        block = await source.read(startByte, Math.min(startByte + BLOCK_BYTES, source.sizeBytes));
        blockStart = startByte;
      }
      return block.slice(startByte - blockStart, endByte - blockStart);
    },
    maxCacheSize: 0,
    // Each failed read also fails the call that waits for it.
    handleUnhandledError: () => undefined,
  });
}
