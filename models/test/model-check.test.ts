import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { isHubFile, readModelManifest } from '../src/manifest.ts';
import { cachedFilePath } from '../src/model-cache.ts';
import { checkModel, stateOf } from '../src/model-check.ts';
import { pin, temporaryFolder } from './local-hub.ts';

test('finds the model that comes by npm present', async () => {
  const checks = await checkModel(readModelManifest('moonshine-tiny'));
  expect(checks.map(({ role, state, origin }) => [role, state, origin])).toEqual([
    ['encoder', 'present', 'npm'],
    ['decoder', 'present', 'npm'],
    ['vocabulary', 'present', 'npm'],
  ]);
  expect(stateOf(checks)).toBe('present');
});

test('finds a model absent that was never downloaded', async () => {
  const checks = await checkModel(readModelManifest('moonshine-base'), { cacheFolder: temporaryFolder() });
  expect(checks.map(({ role, state }) => [role, state])).toEqual([
    ['encoder', 'absent'],
    ['decoder', 'absent'],
    ['vocabulary', 'present'],
  ]);
  expect(stateOf(checks)).toBe('absent');
});

test('says which file is damaged, what was expected and what it is', async () => {
  const cacheFolder = temporaryFolder();
  const manifest = readModelManifest('moonshine-base');
  const encoder = manifest.files['encoder']!;
  const path = isHubFile(encoder) ? cachedFilePath(encoder, cacheFolder) : '';
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'damaged');
  const checks = await checkModel(manifest, { cacheFolder });
  expect(checks[0]).toMatchObject({
    state: 'changed',
    expected: encoder.sha256,
    got: pin(Buffer.from('damaged')).sha256,
    problem: expect.stringContaining('got 7 bytes'),
  });
  expect(stateOf(checks)).toBe('changed');
});
