import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { chooseGraph } from '../src/prepare-model.ts';
import { saturating } from './support/saturating-runtime.ts';

const SETTINGS = { model: 'moonshine-tiny', graph: 'auto', threadsPerWorker: 1 } as const;

beforeAll(() => {
  const cache = mkdtempSync(join(tmpdir(), 'outspoken-'));
  vi.stubEnv('OUTSPOKEN_CACHE', cache);
  return () => {
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true });
  };
});

test('says which graphs are refused, and why', async () => {
  expect(await chooseGraph(SETTINGS, () => {}, saturating)).toEqual({
    graph: 'unsigned',
    refused: [{ graph: 'signed', reason: expect.stringContaining('products of signed 8-bit weights saturate') }],
  });
});

test('refuses nothing where the published graphs are asked for', async () => {
  expect(await chooseGraph({ ...SETTINGS, graph: 'shipped' })).toEqual({ graph: 'shipped', refused: [] });
});

test('fails when there is no model', async () => {
  await expect(chooseGraph({ ...SETTINGS, model: 'moonshine-base' })).rejects.toMatchObject({ code: 'file_missing' });
});
