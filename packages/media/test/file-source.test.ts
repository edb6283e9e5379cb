import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileSource } from '../src/file-source.ts';
import { temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();
const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i);

async function written(name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, BYTES);
  return path;
}

test('any stretch of the file is read, no further than its end', async () => {
  await using source = await fileSource(await written('a'));
  expect(source.sizeBytes).toBe(1000);
  expect(await source.read(10, 20)).toEqual(BYTES.subarray(10, 20));
  expect(await source.read(990, 2000)).toEqual(BYTES.subarray(990));
  expect(await source.read(1000, 1001)).toHaveLength(0);
  expect(await source.read(2000, 3000)).toHaveLength(0);
});

test('a file stays readable when its name is gone', async () => {
  const path = await written('b');
  await using source = await fileSource(path);
  await rm(path);
  expect(await source.read(0, 1000)).toEqual(BYTES);
});

test('a file that shrinks gives what is left', async () => {
  const path = await written('c');
  await using source = await fileSource(path);
  await truncate(path, 600);
  expect(await source.read(500, 1000)).toEqual(BYTES.subarray(500, 600));
});

test('a file that is closed is read no more', async () => {
  const source = await fileSource(await written('d'));
  await source[Symbol.asyncDispose]();
  await expect(source.read(0, 1)).rejects.toThrow();
});

test('a file that is not there is an error of the system', async () => {
  await expect(fileSource(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});
