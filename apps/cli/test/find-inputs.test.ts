import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findInputs } from '../src/input/find-inputs.ts';
import { temporaryFolder } from './support/context.ts';

/** Finds in a folder that holds these files. */
async function findIn(
  files: readonly string[],
  names: readonly string[],
  options: { isRecursive?: boolean; platform?: NodeJS.Platform } = {},
) {
  const folder = temporaryFolder();
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), 'sound');
  }
  const { found, failures } = await findInputs(names, { folder, isRecursive: false, ...options });
  return {
    folder,
    found,
    names: found.map(({ name }) => name),
    stems: found.map(({ stem }) => stem),
    failures: failures.map(({ name, error }) => `${name}: ${error.message}`),
  };
}

const TREE = ['calls/10.wav', 'calls/9.wav', 'calls/notes.txt', 'calls/2026/a.MP3', 'calls/2026/.hidden.wav', 'odd.bin'];

test('finds files by name, whatever they end in', async () => {
  const { found, folder } = await findIn(TREE, ['calls/9.wav', 'odd.bin']);
  expect(found).toEqual([
    { name: 'calls/9.wav', path: join(folder, 'calls/9.wav'), isPipe: false, stem: '9', sizeBytes: 5 },
    { name: 'odd.bin', path: join(folder, 'odd.bin'), isPipe: false, stem: 'odd', sizeBytes: 5 },
  ]);
});

test('takes the sound files of a folder, by name, numbers as numbers', async () => {
  expect(await findIn(TREE, ['calls'])).toMatchObject({ names: ['calls/9.wav', 'calls/10.wav'], stems: ['9', '10'] });
});

test('takes subfolders when asked, keeps their names for the results, and leaves hidden files', async () => {
  expect(await findIn(TREE, ['calls/'], { isRecursive: true })).toMatchObject({
    names: ['calls/9.wav', 'calls/10.wav', 'calls/2026/a.MP3'],
    stems: ['9', '10', '2026/a'],
  });
});

test('expands a pattern that the shell left alone', async () => {
  expect(await findIn(TREE, ['calls/**/*'])).toMatchObject({
    names: ['calls/9.wav', 'calls/10.wav', 'calls/2026/a.MP3'],
    stems: ['9', '10', '2026/a'],
  });
  expect(await findIn(TREE, ['calls/{9,10}.wav'])).toMatchObject({ names: ['calls/9.wav', 'calls/10.wav'] });
  expect(await findIn(TREE, ['*/2026/*.MP3'])).toMatchObject({ names: ['calls/2026/a.MP3'], stems: ['calls/2026/a'] });
});

test('expands a pattern of Windows', async () => {
  expect(await findIn(TREE, ['calls\\*.wav'], { platform: 'win32' })).toMatchObject({ names: ['calls/9.wav', 'calls/10.wav'] });
});

test('expands an absolute pattern', async () => {
  const { folder } = await findIn([], []);
  writeFileSync(join(folder, 'a.wav'), '');
  const { found } = await findInputs([`${folder}/*.wav`], { folder: '/', isRecursive: false });
  expect(found).toEqual([{ name: join(folder, 'a.wav'), path: join(folder, 'a.wav'), isPipe: false, stem: 'a', sizeBytes: 0 }]);
});

test('takes a file whose name looks like a pattern by its name', async () => {
  expect(await findIn(['a[1].wav', 'a1.wav'], ['a[1].wav'])).toMatchObject({ names: ['a[1].wav'] });
});

test('takes a file once, however often it is named', async () => {
  const { folder } = await findIn(TREE, []);
  symlinkSync(join(folder, 'calls/9.wav'), join(folder, 'link.wav'));
  const { found } = await findInputs(['link.wav', 'calls', './calls/9.wav', '-', '-'], { folder, isRecursive: false });
  expect(found.map(({ name }) => name)).toEqual(['link.wav', 'calls/10.wav', '-']);
});

test('says what gave no recording, and finds the rest', async () => {
  const { names, failures } = await findIn([...TREE, 'empty/readme.md'], ['nope.wav', 'empty', '*.flac', 'calls/9.wav']);
  expect(names).toEqual(['calls/9.wav']);
  expect(failures).toEqual([
    'nope.wav: there is no such file or folder, check the path',
    expect.stringMatching(/^empty: the folder holds no file that ends in .*wav.*, try --recursive$/),
    '*.flac: no sound file matches it, check the pattern',
  ]);
});

test('says that a path goes through a file', async () => {
  const { failures } = await findIn(['a.wav'], ['a.wav/b.wav']);
  expect(failures).toEqual(['a.wav/b.wav: there is no such file or folder, check the path']);
});

test('says that a file cannot be read', async () => {
  const folder = temporaryFolder();
  symlinkSync(join(folder, 'loop.wav'), join(folder, 'loop.wav'));
  const { failures } = await findInputs(['loop.wav'], { folder, isRecursive: false });
  expect(failures[0]?.error).toMatchObject({
    code: 'input_unreadable',
    message: 'it cannot be read (ELOOP), check its permissions',
  });
});

test('takes an empty name for a mistake, not for the folder', async () => {
  expect((await findIn(TREE, [''])).failures).toEqual([': a name is empty, check the variable that it comes from']);
});

test('knows a pipe from a file', async () => {
  const folder = temporaryFolder();
  execFileSync('bash', ['-c', 'mkfifo "$0"', join(folder, 'pipe.wav')]);
  const { found } = await findInputs(['pipe.wav'], { folder, isRecursive: false });
  expect(found).toEqual([{ name: 'pipe.wav', path: join(folder, 'pipe.wav'), isPipe: true, stem: 'pipe', sizeBytes: 0 }]);
});
