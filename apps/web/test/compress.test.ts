import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { compressFolder } from '../build/compress.ts';

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'outspoken-web-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('writes copies that unpack to the same bytes, and none for small or dense files', async () => {
  const folder = await temporaryFolder();
  const text = 'speech '.repeat(1000);
  await writeFile(join(folder, 'a.js'), text);
  await writeFile(join(folder, 'small.js'), 'x');
  await writeFile(join(folder, 'dense.onnx'), crypto.getRandomValues(new Uint8Array(4096)));
  await writeFile(join(folder, 'picture.png'), text);
  await compressFolder(folder, join(await temporaryFolder(), 'cache'));
  expect((await readdir(folder)).sort()).toEqual(['a.js', 'a.js.br', 'a.js.gz', 'dense.onnx', 'picture.png', 'small.js']);
  expect(brotliDecompressSync(await readFile(join(folder, 'a.js.br'))).toString()).toBe(text);
  expect(gunzipSync(await readFile(join(folder, 'a.js.gz'))).toString()).toBe(text);
});

test('takes an unchanged file from the cache and drops what no build uses any more', async () => {
  const folder = await temporaryFolder();
  const cache = join(await temporaryFolder(), 'cache');
  await writeFile(join(folder, 'a.js'), 'one '.repeat(1000));
  await compressFolder(folder, cache);
  const [name = ''] = await readdir(cache);
  const before = await stat(join(cache, name));
  await compressFolder(folder, cache);
  expect((await stat(join(cache, name))).mtimeMs).toBe(before.mtimeMs);
  await writeFile(join(folder, 'a.js'), 'two '.repeat(1000));
  await compressFolder(folder, cache);
  const names = await readdir(cache);
  expect(names).toHaveLength(2);
  expect(names).not.toContain(name);
});
