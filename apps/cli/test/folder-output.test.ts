import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FolderOptions, FolderOutput, planFolder } from '../src/output/folder-output.ts';
import { TemporaryFiles } from '../src/temporary-files.ts';
import { temporaryFolder } from './support/context.ts';
import { inputOf, resultOf } from './support/results.ts';

function optionsOf(given: Partial<FolderOptions> = {}): FolderOptions {
  return { folder: join(temporaryFolder(), 'out'), format: 'text', existing: 'refuse', platform: 'linux', ...given };
}

test('writes each result under its name, in the folders of its recording, and nothing else', async () => {
  const options = optionsOf();
  const inputs = [inputOf('a.wav'), inputOf('2026/b.mp3')];
  const temporaryFiles = new TemporaryFiles();
  const output = new FolderOutput({ format: 'text', plan: await planFolder(inputs, options), temporaryFiles });
  await output.put(inputs[0]!, resultOf('One.'));
  await output.put(inputs[1]!, resultOf('Two.'));
  await output.finish();
  expect(readFileSync(join(options.folder, 'a.txt'), 'utf8')).toBe('One.\n');
  expect(readFileSync(join(options.folder, '2026/b.txt'), 'utf8')).toBe('Two.\n');
  expect(readdirSync(options.folder).sort()).toEqual(['2026', 'a.txt']);
});

test('writes nothing for a recording that failed', async () => {
  const options = optionsOf();
  const input = inputOf('a.wav');
  const output = new FolderOutput({ format: 'text', plan: await planFolder([input], options), temporaryFiles: new TemporaryFiles() });
  await output.put(input, undefined);
  expect(readdirSync(options.folder)).toEqual([]);
});

test('refuses two recordings that would be written to one file', async () => {
  await expect(planFolder([inputOf('a.wav'), inputOf('a.mp3')], optionsOf())).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/^a\.wav and a\.mp3 would both be written to .*a\.txt, /),
  });
});

test('knows that some systems are blind to the case of names', async () => {
  const inputs = [inputOf('A.wav'), inputOf('a.wav')];
  await planFolder(inputs, optionsOf({ platform: 'linux' }));
  await expect(planFolder(inputs, optionsOf({ platform: 'darwin' }))).rejects.toMatchObject({ code: 'usage' });
});

test('refuses to overwrite a recording', async () => {
  const input = { name: 'notes.txt', path: '/recordings/notes.txt', isPipe: false, stem: 'notes', sizeBytes: 1 };
  await expect(planFolder([input], optionsOf({ folder: '/recordings', existing: 'replace' }))).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('would overwrite the recording notes.txt'),
  });
});

test('refuses, replaces or leaves results that are there', async () => {
  const options = optionsOf();
  mkdirSync(options.folder);
  writeFileSync(join(options.folder, 'a.txt'), 'mended by hand');
  const inputs = [inputOf('a.wav'), inputOf('b.wav')];
  await expect(planFolder(inputs, options)).rejects.toMatchObject({
    code: 'usage',
    message: `${join(options.folder, 'a.txt')} is there already, add --force to replace or --skip-existing to keep`,
  });
  expect((await planFolder(inputs, { ...options, existing: 'skip' })).skipped).toEqual([inputs[0]]);
  const plan = await planFolder(inputs, { ...options, existing: 'replace' });
  await new FolderOutput({ format: 'text', plan, temporaryFiles: new TemporaryFiles() }).put(inputs[0]!, resultOf('New.'));
  expect(readFileSync(join(options.folder, 'a.txt'), 'utf8')).toBe('New.\n');
});

test('says that the folder cannot be one', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  await expect(planFolder([inputOf('a.wav')], optionsOf({ folder: join(file, 'out') }))).rejects.toMatchObject({
    code: 'output_failed',
    message: expect.stringMatching(/cannot write to .* \(ENOTDIR\), choose another --out/),
  });
});

test('leaves nothing half when a result cannot be written', async () => {
  const options = optionsOf();
  const input = inputOf('a.wav');
  const plan = await planFolder([input], options);
  mkdirSync(join(options.folder, 'a.txt', 'in-the-way'), { recursive: true });
  const output = new FolderOutput({ format: 'text', plan, temporaryFiles: new TemporaryFiles() });
  await expect(output.put(input, resultOf('One.'))).rejects.toMatchObject({ code: 'output_failed' });
  expect(readdirSync(options.folder)).toEqual(['a.txt']);
});
