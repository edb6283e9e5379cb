import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type DerivedFilesEvent, loadDerivedFiles } from '../src/index.ts';
import { temporaryFolder } from './local-hub.ts';

vi.mock('node:fs/promises', { spy: true });

const BYTES = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);

function load(cacheFolder: string, { key = 'one', purpose = 'test' }: { key?: string; purpose?: string } = {}) {
  const events: DerivedFilesEvent['type'][] = [];
  const reasons: string[] = [];
  const loaded = loadDerivedFiles({
    key,
    purpose,
    names: ['first', 'second'],
    cacheFolder,
    build: () => ({ first: BYTES, second: new TextEncoder().encode(key) }),
    onEvent: (event) => {
      events.push(event.type);
      if (event.type === 'not_kept') reasons.push(event.reason);
    },
  });
  return loaded.then(({ files, from }) => ({ files, from, events, reasons }));
}

function entriesOf(cacheFolder: string): string[] {
  return readdirSync(join(cacheFolder, 'derived', 'test'));
}

test('builds once, then reads what it kept', async () => {
  const folder = temporaryFolder();
  expect(await load(folder)).toMatchObject({ from: 'built', events: ['building'] });
  const { files, from, events } = await load(folder);
  expect({ from, events }).toEqual({ from: 'cache', events: [] });
  expect(Buffer.compare(files.first, BYTES)).toBe(0);
  expect(new TextDecoder().decode(files.second)).toBe('one');
});

test('another key is another entry, and the older one goes', async () => {
  const folder = temporaryFolder();
  await load(folder);
  const [older] = entriesOf(folder);
  const { from, files } = await load(folder, { key: 'two' });
  expect(from).toBe('built');
  expect(new TextDecoder().decode(files.second)).toBe('two');
  expect(entriesOf(folder)).toHaveLength(1);
  expect(entriesOf(folder)).not.toContain(older);
});

test.each(['a changed byte', 'a file that is missing', 'a record that breaks off'])('%s: built again', async (damage) => {
  const folder = temporaryFolder();
  await load(folder);
  const entry = join(folder, 'derived', 'test', entriesOf(folder)[0]!);
  if (damage === 'a changed byte') {
    const bytes = readFileSync(join(entry, 'first'));
    bytes[50_000]! ^= 1;
    writeFileSync(join(entry, 'first'), bytes);
  } else if (damage === 'a file that is missing') {
    rmSync(join(entry, 'second'));
  } else {
    writeFileSync(join(entry, 'record.json'), '{ "first": "');
  }
  const { files, from, events } = await load(folder);
  expect({ from, events }).toEqual({ from: 'built', events: ['damaged', 'building'] });
  expect(Buffer.compare(files.first, BYTES)).toBe(0);
  expect(await load(folder)).toMatchObject({ from: 'cache', events: [] });
});

test('what a process left behind that died in the middle is no entry', async () => {
  const folder = temporaryFolder();
  await load(folder);
  const entry = join(folder, 'derived', 'test', entriesOf(folder)[0]!);
  rmSync(join(entry, 'record.json'));
  expect(await load(folder)).toMatchObject({ from: 'built' });
});

test('a folder that cannot be written to costs only the keeping', async () => {
  const folder = temporaryFolder();
  // A file where the folder should be stops root too.
  writeFileSync(join(folder, 'derived'), '');
  const { files, from, events, reasons } = await load(folder);
  expect({ from, events }).toEqual({ from: 'memory', events: ['not_kept', 'building'] });
  expect(reasons[0]).toContain('OUTSPOKEN_CACHE');
  expect(Buffer.compare(files.first, BYTES)).toBe(0);
});

test('a write that fails half way leaves nothing behind, and what was built is not built again', async () => {
  const folder = temporaryFolder();
  const tooLong = 'x'.repeat(300);
  const build = vi.fn(() => ({ first: BYTES, [tooLong]: BYTES }));
  const events: string[] = [];
  const loaded = await loadDerivedFiles({
    key: 'one',
    purpose: 'test',
    names: ['first', tooLong],
    cacheFolder: folder,
    build,
    onEvent: ({ type }) => events.push(type),
  });
  expect(loaded.from).toBe('memory');
  expect(build).toHaveBeenCalledTimes(1);
  expect(events).toEqual(['building', 'not_kept']);
  expect(entriesOf(folder)).toEqual([]);
});

test('what a process left behind that died while it took the lock holds up nobody', async () => {
  const folder = temporaryFolder();
  await load(folder);
  const [entry] = entriesOf(folder);
  const path = join(folder, 'derived', 'test', entry!);
  rmSync(path, { recursive: true });
  writeFileSync(`${path}.lock`, '');
  utimesSync(`${path}.lock`, 0, 0);
  expect(await load(folder)).toMatchObject({ from: 'built', events: ['building'] });
  expect(entriesOf(folder)).toEqual([entry]);
});

test('an older entry that cannot be removed does no harm', async () => {
  const folder = temporaryFolder();
  await load(folder);
  vi.mocked(readdir).mockRejectedValueOnce(Object.assign(new Error('no'), { code: 'EACCES', syscall: 'scandir' }));
  expect(await load(folder, { key: 'two' })).toMatchObject({ from: 'built', events: ['building'] });
});

test('what the builder throws is no fault of the disk', async () => {
  const building = loadDerivedFiles({
    key: 'one',
    purpose: 'test',
    names: ['first'],
    cacheFolder: temporaryFolder(),
    build: () => {
      throw Object.assign(new Error('no such model'), { code: 'model_failed' });
    },
  });
  await expect(building).rejects.toThrow('no such model');
});

test('four processes at once build once', async () => {
  const folder = temporaryFolder();
  const children = Array.from({ length: 4 }, () =>
    fork(new URL('derived-files-process.ts', import.meta.url), [folder], {
      execArgv: ['--conditions=@outspoken/source', '--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  );
  const answers = await Promise.all(children.map(async (child) => (await once(child, 'message'))[0] as string));
  expect(answers.sort()).toEqual(['built', 'cache', 'cache', 'cache']);
});
