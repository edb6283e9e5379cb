import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkDecoder, checkDecoders, checkModelFiles, checkOnnxRuntime } from '../src/doctor/runtime-checks.ts';
import { temporaryFolder } from './support/context.ts';

test('loads the ONNX runtime for real', async () => {
  expect(await checkOnnxRuntime()).toEqual({ id: 'onnxruntime', state: 'ok', detail: 'the ONNX runtime loads' });
});

test('survives a runtime that does not, and says how it ended', async () => {
  const folder = temporaryFolder();
  const killed = join(folder, 'killed.cjs');
  writeFileSync(killed, `process.kill(process.pid, 'SIGILL'); for (;;) {}`);
  expect(await checkOnnxRuntime(() => killed)).toMatchObject({ state: 'problem', detail: 'the ONNX runtime does not load (SIGILL)' });
  expect(await checkOnnxRuntime(() => join(folder, 'none.cjs'))).toMatchObject({
    state: 'problem',
    detail: expect.stringContaining('Cannot find module'),
    advice: expect.stringContaining('install'),
  });
  const missing = () => {
    throw new Error('not installed');
  };
  expect(await checkOnnxRuntime(missing)).toMatchObject({ state: 'problem', detail: expect.stringContaining('not installed') });
});

test('verifies the models, and says how to get one that is not here', async () => {
  expect(await checkModelFiles('moonshine-tiny')).toMatchObject({ id: 'model-moonshine-tiny', state: 'ok' });
  const cache = process.env['OUTSPOKEN_CACHE'];
  process.env['OUTSPOKEN_CACHE'] = temporaryFolder();
  try {
    expect(await checkModelFiles('moonshine-base')).toMatchObject({
      state: 'problem',
      detail: 'model moonshine-base: encoder is absent',
      advice: 'run "outspoken models pull moonshine-base"',
    });
  } finally {
    if (cache === undefined) {
      delete process.env['OUTSPOKEN_CACHE'];
    } else {
      process.env['OUTSPOKEN_CACHE'] = cache;
    }
  }
});

test('decodes a tone in each format', async () => {
  const results = await Promise.all(checkDecoders());
  expect(results.map(({ id, state }) => [id, state])).toEqual([
    ['decoder-opus', 'ok'],
    ['decoder-mp3', 'ok'],
    ['decoder-aac', 'ok'],
  ]);
});

test('says that a format is not decoded: a problem where it is required, a warning elsewhere', async () => {
  const bytes = Buffer.from('no sound at all');
  expect(await checkDecoder({ id: 'x', name: 'X', isRequired: true, bytes })).toMatchObject({
    state: 'problem',
    detail: 'X is not decoded',
  });
  expect(await checkDecoder({ id: 'x', name: 'X', isRequired: false, bytes })).toMatchObject({
    state: 'warning',
    advice: expect.stringContaining('install'),
  });
});
