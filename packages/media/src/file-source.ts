import { open } from 'node:fs/promises';
import type { MediaSource } from './media-source.ts';

/** Opens a file on a disk as a {@link MediaSource}; it stays readable when its name is removed. Close it with `await using`. */
export async function fileSource(path: string): Promise<MediaSource & AsyncDisposable> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    return {
      sizeBytes: size,
      async read(startByte, endByte) {
        const bytes = new Uint8Array(Math.max(0, Math.min(endByte, size) - startByte));
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, startByte + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      },
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
