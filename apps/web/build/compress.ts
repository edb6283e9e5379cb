import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const COMPRESSIBLE = new Set(['.css', '.html', '.js', '.json', '.onnx', '.svg', '.txt', '.wasm', '.wav', '.webmanifest']);
const MINIMUM_SIZE_BYTES = 1024;
/** A copy that saves less than this is not worth a second file. */
const MAXIMUM_SIZE_RATIO = 0.95;

// Quality 9 packs the 14 MB of onnxruntime in about a second to 2.69 MB; 11 takes half a minute for another 5 %.
const CODECS = {
  br: (bytes: Uint8Array) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 9,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gz: (bytes: Uint8Array) => promisify(gzip)(bytes, { level: 9 }),
} as const;

/**
 * Writes a `.br` and a `.gz` beside each file of a folder that is worth it, so that the server compresses nothing while it runs.
 *
 * Results are kept by content hash in `cacheFolder`; what this build did not use is removed from there.
 */
export async function compressFolder(folder: string, cacheFolder: string): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && COMPRESSIBLE.has(extname(entry.name)));
  const used = await Promise.all(files.map((entry) => compressFile(join(entry.parentPath, entry.name), cacheFolder)));
  const keep = new Set(used.flat());
  const stale = (await readdir(cacheFolder)).filter((name) => !keep.has(name));
  await Promise.all(stale.map((name) => rm(join(cacheFolder, name))));
}

async function compressFile(path: string, cacheFolder: string): Promise<string[]> {
  const bytes = await readFile(path);
  if (bytes.length < MINIMUM_SIZE_BYTES) return [];
  const hash = createHash('sha256').update(bytes).digest('hex');
  const names: string[] = [];
  for (const [extension, compress] of Object.entries(CODECS)) {
    const name = `${hash}.${extension}`;
    const cached = await readFile(join(cacheFolder, name)).catch(() => undefined); // absent: first build of this content
    const packed = cached ?? (await compress(bytes));
    if (!cached) await writeFile(join(cacheFolder, name), packed);
    if (packed.length <= bytes.length * MAXIMUM_SIZE_RATIO) await writeFile(`${path}.${extension}`, packed);
    names.push(name);
  }
  return names;
}
