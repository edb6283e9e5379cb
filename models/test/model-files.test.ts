import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type CarriedFile, type HubFile, type ModelName, readModelManifest } from '../src/manifest.ts';
import { cachedFilePath } from '../src/model-cache.ts';
import { loadModelFiles, modelFilePath, readModelFile } from '../src/model-files.ts';

/** A file of a model that comes by npm. */
function carriedFile(name: ModelName, role: string): CarriedFile {
  return readModelManifest(name).files[role] as CarriedFile;
}

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
  const file = carriedFile('silero-vad-v6', 'model');
  const expected = '0'.repeat(64);
  const error = { name: 'ModelError', code: 'file_changed', file: file.path, expected, got: file.sha256 };
  await expect(readModelFile({ ...file, sha256: expected })).rejects.toMatchObject(error);
});

test('refuses a file with another length', async () => {
  const file = carriedFile('silero-vad-v6', 'model');
  await expect(readModelFile({ ...file, sizeBytes: file.sizeBytes + 1 })).rejects.toMatchObject({ code: 'file_changed' });
});

test('refuses a script that has lost its constant', async () => {
  const file = carriedFile('moonshine-tiny', 'vocabulary');
  await expect(readModelFile({ ...file, base64Constant: 'no_such_constant' })).rejects.toMatchObject({
    code: 'file_changed',
    got: 'no constant',
  });
});

test('says that a carrier lacks the file', async () => {
  const file = { ...carriedFile('silero-vad-v6', 'model'), path: 'dist/no-such.onnx' };
  await expect(readModelFile(file)).rejects.toMatchObject({ code: 'file_missing', file: 'dist/no-such.onnx' });
});

test('gives the path of a file that a server hands on as it is', () => {
  const path = modelFilePath('silero-vad-v6', 'model');
  expect(readFileSync(path).byteLength).toBe(carriedFile('silero-vad-v6', 'model').sizeBytes);
});

test('gives no path for what is no file of its own, or unknown', () => {
  expect(() => modelFilePath('moonshine-tiny', 'vocabulary')).toThrow(expect.objectContaining({ code: 'not_a_file' }));
  expect(() => modelFilePath('moonshine-tiny', 'toString' as 'encoder')).toThrow(expect.objectContaining({ code: 'unknown_file' }));
});

test('reads a downloaded file out of the cache folder', async () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'outspoken-cache-'));
  onTestFinished(() => rmSync(cacheFolder, { recursive: true }));
  const bytes = Buffer.from('weights');
  const file: HubFile = {
    url: 'https://hub.example/a/b.onnx',
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  await expect(readModelFile(file, { cacheFolder })).rejects.toMatchObject({
    code: 'file_missing',
    message: expect.stringContaining('outspoken models pull'),
  });
  const path = cachedFilePath(file, cacheFolder);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  expect(Buffer.from(await readModelFile(file, { cacheFolder }))).toEqual(bytes);
  writeFileSync(path, 'wEights');
  await expect(readModelFile(file, { cacheFolder })).rejects.toMatchObject({ code: 'file_changed', expected: file.sha256 });
});

test('gives the path that a downloaded file has in the cache folder', () => {
  const path = modelFilePath('moonshine-base', 'encoder', { cacheFolder: '/var/cache/outspoken' });
  expect(path).toBe(join('/var/cache/outspoken', 'models', '1dd9ab0a7f987113', 'encoder_model_quantized.onnx'));
});
