import { beforeEach, expect, test, vi } from 'vitest';
import { progressWriter, pullModelFiles } from '../src/commands/models-pull.ts';
import { createContext, temporaryFolder } from './support/context.ts';
import { startServer } from './support/speech-server.ts';

beforeEach(() => {
  vi.stubEnv('OUTSPOKEN_CACHE', temporaryFolder());
  return () => vi.unstubAllEnvs();
});

test('says that a model which comes by npm is there', async () => {
  const context = createContext();
  expect(await pullModelFiles('moonshine-tiny', {}, context)).toBe(0);
  expect(context.stdout.text).toBe('moonshine-tiny is there already: it comes with the npm packages, there is nothing to pull\n');
});

test('asks the hub that it is given, and refuses what is not pinned', async () => {
  const { url, seen } = await startServer((_, response) => response.end('not the weights'));
  const context = createContext();
  await expect(pullModelFiles('moonshine-base', { hub: url }, context)).rejects.toMatchObject({ code: 'file_changed' });
  expect(seen[0]?.url).toMatch(/^\/base\/onnx-community\/moonshine-base-ONNX\/resolve\/[0-9a-f]{40}\/onnx\/encoder_model_quantized\.onnx$/);
  expect(context.stdout.text).toBe('');
});

test('stops at a signal and says that nothing is lost', async () => {
  const context = createContext();
  const { url } = await startServer((_, response) => {
    response.writeHead(200, { etag: '"a"' });
    response.write('beginning', () => context.signals.emit('SIGINT'));
  });
  expect(await pullModelFiles('moonshine-base', { hub: url }, context)).toBe(130);
  expect(context.stderr.text).toBe('outspoken: stopped, the next pull goes on from here\n');
});

test('tells how far it is by what came now', () => {
  let nowMs = 0;
  const said: [number, string][] = [];
  const report = progressWriter(
    (ratio, words) => said.push([ratio, words]),
    () => nowMs,
  );
  report({ role: 'encoder', receivedBytes: 1_000_000, totalBytes: 4_000_000 });
  nowMs = 2000;
  report({ role: 'encoder', receivedBytes: 2_000_000, totalBytes: 4_000_000 });
  expect(said).toEqual([
    [0.25, 'encoder · 1.0 MB of 4.0 MB · 0 B/s'],
    [0.5, 'encoder · 2.0 MB of 4.0 MB · 500 kB/s · 0:04 left'],
  ]);
});
