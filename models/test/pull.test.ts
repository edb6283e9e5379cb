import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type ModelManifest, readModelManifest } from '../src/manifest.ts';
import { cachedFilePath } from '../src/model-cache.ts';
import { checkModel, stateOf } from '../src/model-check.ts';
import { type PullProgress, pullModel } from '../src/pull.ts';
import { LocalHub, pin, temporaryFolder } from './local-hub.ts';

const CONTENT = Buffer.alloc(50_000, 'outspoken');
const ENCODER = pin(CONTENT, '/team/model/resolve/main/encoder.onnx');
const DECODER = pin(CONTENT, '/team/model/resolve/main/decoder.onnx');
const tiny = readModelManifest('moonshine-tiny');
const MODEL: ModelManifest = { ...tiny, files: { encoder: ENCODER, decoder: DECODER, vocabulary: tiny.files['vocabulary']! } };

test('downloads what comes from the hub and leaves what npm carries', async () => {
  const hub = await LocalHub.start(CONTENT);
  const cacheFolder = temporaryFolder();
  const progress: PullProgress[] = [];
  const result = await pullModel(MODEL, { cacheFolder, hubUrl: `${hub.url}/`, onProgress: (state) => progress.push(state) });
  expect(result).toEqual({ downloaded: ['encoder', 'decoder'], present: [], carried: ['vocabulary'] });
  expect(hub.paths).toEqual(['/team/model/resolve/main/encoder.onnx', '/team/model/resolve/main/decoder.onnx']);
  expect(readFileSync(cachedFilePath(DECODER, cacheFolder))).toEqual(CONTENT);
  expect(progress.at(-1)).toEqual({ role: 'decoder', receivedBytes: 100_000, totalBytes: 100_000 });
  expect(stateOf(await checkModel(MODEL, { cacheFolder }))).toBe('present');
});

test('downloads nothing twice', async () => {
  const hub = await LocalHub.start(CONTENT);
  const options = { cacheFolder: temporaryFolder(), hubUrl: hub.url };
  await pullModel(MODEL, options);
  expect(await pullModel(MODEL, options)).toEqual({ downloaded: [], present: ['encoder', 'decoder'], carried: ['vocabulary'] });
  expect(hub.paths).toHaveLength(2);
});

test('has nothing to do for a model that comes by npm', async () => {
  expect(await pullModel(tiny, { cacheFolder: temporaryFolder() })).toEqual({
    downloaded: [],
    present: [],
    carried: ['encoder', 'decoder', 'vocabulary'],
  });
});

test('keeps a file that was complete when the next one fails', async () => {
  const hub = await LocalHub.start(CONTENT);
  const cacheFolder = temporaryFolder();
  const failing: ModelManifest = { ...MODEL, files: { encoder: ENCODER, decoder: { ...DECODER, sha256: '0'.repeat(64) } } };
  await expect(pullModel(failing, { cacheFolder, hubUrl: hub.url })).rejects.toMatchObject({ code: 'file_changed', file: DECODER.url });
  expect(readFileSync(cachedFilePath(ENCODER, cacheFolder))).toEqual(CONTENT);
});
