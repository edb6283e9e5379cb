import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { spool } from '../src/input/spool.ts';
import { TemporaryFiles } from '../src/temporary-files.ts';
import { temporaryFolder } from './support/context.ts';

test('copies what can be read once to a file that only this user may read, and removes it', async () => {
  const temporaryFiles = new TemporaryFiles();
  const { signal } = new AbortController();
  const spoolFolder = temporaryFolder();
  const source = Readable.from([Buffer.from('so'), Buffer.from('und')]);
  const path = await spool({ source, temporaryFiles, signal, spoolFolder });
  expect(readFileSync(path, 'utf8')).toBe('sound');
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(statSync(dirname(path)).mode & 0o077).toBe(0);
  await temporaryFiles[Symbol.asyncDispose]();
  expect(existsSync(dirname(path))).toBe(false);
});

test('does not wait for a person at a terminal', async () => {
  const source = Object.assign(Readable.from([]), { isTTY: true });
  const { signal } = new AbortController();
  await expect(spool({ source, temporaryFiles: new TemporaryFiles(), signal })).rejects.toMatchObject({ code: 'usage' });
});

test('stops when told to', async () => {
  const stopping = new AbortController();
  const reason = new Error('stopped by hand');
  const source = new Readable({ read: () => stopping.abort(reason) });
  const options = { source, temporaryFiles: new TemporaryFiles(), signal: stopping.signal, spoolFolder: temporaryFolder() };
  await expect(spool(options)).rejects.toBe(reason);
});

test('says where it could not write', async () => {
  const spoolFolder = join(temporaryFolder(), 'none');
  const { signal } = new AbortController();
  await expect(spool({ source: Readable.from(['x']), temporaryFiles: new TemporaryFiles(), signal, spoolFolder })).rejects.toMatchObject({
    code: 'input_unreadable',
    message: expect.stringContaining('(ENOENT)'),
  });
});
