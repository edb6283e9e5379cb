import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cachedFilePath, modelCacheFolder } from '../src/model-cache.ts';

const folderOf = (platform: NodeJS.Platform, environment: Record<string, string> = {}) =>
  modelCacheFolder({ platform, environment, homeFolder: '/home/ada' });

describe('the cache folder', () => {
  test('is that of the platform', () => {
    expect(folderOf('linux')).toBe('/home/ada/.cache/outspoken');
    expect(folderOf('linux', { XDG_CACHE_HOME: '/data/cache' })).toBe('/data/cache/outspoken');
    expect(folderOf('darwin')).toBe('/home/ada/Library/Caches/outspoken');
    expect(folderOf('win32', { LOCALAPPDATA: '/c/local' })).toBe('/c/local/outspoken/cache');
    expect(folderOf('win32')).toBe('/home/ada/AppData/Local/outspoken/cache');
  });

  test('ignores a relative XDG_CACHE_HOME', () => {
    expect(folderOf('linux', { XDG_CACHE_HOME: 'cache' })).toBe('/home/ada/.cache/outspoken');
  });

  test('is the one that OUTSPOKEN_CACHE names, from where the person stood', () => {
    expect(folderOf('linux', { OUTSPOKEN_CACHE: '/models' })).toBe('/models');
    expect(folderOf('linux', { OUTSPOKEN_CACHE: 'models', INIT_CWD: '/home/ada/project' })).toBe('/home/ada/project/models');
    expect(folderOf('linux', { OUTSPOKEN_CACHE: 'models' })).toBe(resolve('models'));
    expect(folderOf('linux', { OUTSPOKEN_CACHE: '' })).toBe('/home/ada/.cache/outspoken');
  });
});

test('two contents of one name lie in two places', () => {
  const url = 'https://hub.example/a/encoder.onnx?download=true';
  const path = cachedFilePath({ url, sizeBytes: 1, sha256: 'a'.repeat(64) }, '/cache');
  expect(path).toBe('/cache/models/aaaaaaaaaaaaaaaa/encoder.onnx');
  expect(cachedFilePath({ url, sizeBytes: 1, sha256: 'b'.repeat(64) }, '/cache')).not.toBe(path);
});
