import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { checkRecognizer } from '../src/doctor/recognizer-check.ts';
import { temporaryFolder } from './support/context.ts';

const SETTINGS = { model: 'moonshine-tiny', graph: 'auto', threadsPerWorker: 1 } as const;
let cache: string;

beforeEach(() => {
  cache = temporaryFolder();
  vi.stubEnv('OUTSPOKEN_CACHE', cache);
  return () => vi.unstubAllEnvs();
});

async function check(options: { settings?: Partial<Parameters<typeof checkRecognizer>[0]>; choose?: () => Promise<never> } = {}) {
  const progress: string[] = [];
  const { choose } = options;
  const given = { onProgress: (text: string) => void progress.push(text), ...(choose ? { choose } : {}) };
  return { result: await checkRecognizer({ ...SETTINGS, ...options.settings }, given), progress };
}

test('builds what is not kept yet, says so, and names the graphs', async () => {
  const first = await check();
  // Which ones depends on the processor.
  expect(first.result).toMatchObject({
    id: 'recognizer',
    state: 'ok',
    detail: expect.stringMatching(/ its (signed|unsigned|shipped) graphs/),
  });
  expect(first.progress[0]).toBe('preparing moonshine-tiny (signed graphs), once\n');
  expect(await check()).toEqual({ result: first.result, progress: [] });
});

test('takes the graphs of the settings', async () => {
  const { result } = await check({ settings: { graph: 'shipped' } });
  expect(result).toMatchObject({ state: 'ok', detail: 'moonshine-tiny recognizes with its shipped graphs' });
});

test('says why faster graphs are refused: no failure', async () => {
  const choose = async () => ({
    graph: 'unsigned' as const,
    refused: [{ graph: 'signed' as const, reason: 'products of signed 8-bit weights saturate' }],
  });
  expect(await checkRecognizer(SETTINGS, { onProgress: () => {}, choose })).toEqual({
    id: 'recognizer',
    state: 'ok',
    detail: 'moonshine-tiny recognizes with its unsigned graphs, not signed: products of signed 8-bit weights saturate',
  });
});

test('warns of a folder that keeps nothing', async () => {
  const file = join(cache, 'file');
  writeFileSync(file, '');
  vi.stubEnv('OUTSPOKEN_CACHE', file);
  const { result } = await check();
  expect(result).toMatchObject({ state: 'warning', advice: expect.stringContaining('OUTSPOKEN_CACHE') });
});

test('fails when no graphs load at all', async () => {
  const choose = () => Promise.reject(new Error('the encoder of the model could not be loaded'));
  expect((await check({ choose })).result).toMatchObject({
    state: 'problem',
    detail: 'moonshine-tiny cannot be loaded (the encoder of the model could not be loaded)',
    advice: expect.stringContaining('OUTSPOKEN_MODEL'),
  });
});
