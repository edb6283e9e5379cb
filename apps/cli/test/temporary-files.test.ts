import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TemporaryFiles } from '../src/temporary-files.ts';
import { temporaryFolder } from './support/context.ts';

function setUp(): { files: TemporaryFiles; file: string; folder: string } {
  const root = temporaryFolder();
  const file = join(root, 'half.txt.part');
  const folder = join(root, 'spool');
  writeFileSync(file, 'half');
  mkdirSync(folder);
  writeFileSync(join(folder, 'stdin'), 'audio');
  const files = new TemporaryFiles();
  files.add(file);
  files.add(folder);
  return { files, file, folder };
}

test('removes everything in the last moment', () => {
  const { files, file, folder } = setUp();
  files.removeAllNow();
  expect([existsSync(file), existsSync(folder)]).toEqual([false, false]);
});

test('removes everything when it is disposed of', async () => {
  const { files, file, folder } = setUp();
  await files[Symbol.asyncDispose]();
  expect([existsSync(file), existsSync(folder)]).toEqual([false, false]);
});

test('leaves alone what it gave back, and what never came to be', async () => {
  const { files, file, folder } = setUp();
  files.forget(file);
  files.add('/no/such/folder/at/all');
  await files.remove(folder);
  files.removeAllNow();
  expect([existsSync(file), existsSync(folder)]).toEqual([true, false]);
});
