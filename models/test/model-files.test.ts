import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readModelManifest } from '../src/manifest.ts';
import { loadModelFiles, modelFilePath, readModelFile } from '../src/model-files.ts';

const NAMES = ['moonshine-tiny', 'silero-vad-v6', 'silero-vad-v5'] as const;

test.each(NAMES)('reads the files of %s, each the bytes that the manifest pins', async (name) => {
  const { manifest, files } = await loadModelFiles(name);
  expect(manifest.name).toBe(name);
  expect(Object.keys(files)).toEqual(Object.keys(manifest.files));
  for (const [role, bytes] of Object.entries(files)) {
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(manifest.files[role]!.sha256);
  }
});

test('takes the vocabulary out of the script that carries it', async () => {
  const { files } = await loadModelFiles('moonshine-tiny');
  const pieces = new TextDecoder().decode(files.vocabulary).split('\n');
  expect(pieces).toHaveLength(32_000);
  expect(pieces.slice(0, 4)).toEqual(['<unk>', '<s>', '</s>', '<0x00>']);
});

test('refuses a file with another hash and says file, expected and got', async () => {
  const file = readModelManifest('silero-vad-v6').files['model']!;
  const expected = '0'.repeat(64);
  const error = { name: 'ModelError', code: 'file_changed', file: file.path, expected, got: file.sha256 };
  await expect(readModelFile({ ...file, sha256: expected })).rejects.toMatchObject(error);
});

test('refuses a file with another length', async () => {
  const file = readModelManifest('silero-vad-v6').files['model']!;
  await expect(readModelFile({ ...file, sizeBytes: file.sizeBytes + 1 })).rejects.toMatchObject({ code: 'file_changed' });
});

test('refuses a script that has lost its constant', async () => {
  const file = readModelManifest('moonshine-tiny').files['vocabulary']!;
  await expect(readModelFile({ ...file, base64Constant: 'no_such_constant' })).rejects.toMatchObject({
    code: 'file_changed',
    got: 'no constant',
  });
});

test('says that a carrier lacks the file', async () => {
  const file = { ...readModelManifest('silero-vad-v6').files['model']!, path: 'dist/no-such.onnx' };
  await expect(readModelFile(file)).rejects.toMatchObject({ code: 'file_missing', file: 'dist/no-such.onnx' });
});

test('gives the path of a file that a server hands on as it is', () => {
  const path = modelFilePath('silero-vad-v6', 'model');
  expect(readFileSync(path).byteLength).toBe(readModelManifest('silero-vad-v6').files['model']!.sizeBytes);
});

test('gives no path for what is no file of its own, or unknown', () => {
  expect(() => modelFilePath('moonshine-tiny', 'vocabulary')).toThrow(expect.objectContaining({ code: 'not_a_file' }));
  expect(() => modelFilePath('moonshine-tiny', 'toString' as 'encoder')).toThrow(expect.objectContaining({ code: 'unknown_file' }));
});
