import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav } from '@outspoken/audio';
import { loadModelReference } from '@outspoken/models';
import * as runtime from 'onnxruntime-node';
import { beforeEach, expect, test, vi } from 'vitest';
import { describeRecognizerEvent, graphsToTry, loadRecognizer, type RecognizerEvent } from '../src/load-recognizer.ts';
import { saturating } from './support/saturating-runtime.ts';

const { clip } = (await loadModelReference('moonshine-tiny'))!;
const samples = readWav(clip).channels[0]!;
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'outspoken-'));
  vi.stubEnv('OUTSPOKEN_CACHE', cache);
  return () => vi.unstubAllEnvs();
});

async function load(graph: 'auto' | 'signed' | 'unsigned' | 'shipped', engine: typeof runtime = runtime) {
  const events: RecognizerEvent[] = [];
  const recognizer = await loadRecognizer(engine, { model: 'moonshine-tiny', graph, threadsPerWorker: 1 }, (event) => events.push(event));
  const lines = events.map((event) => describeRecognizerEvent('moonshine-tiny', event));
  return { recognizer, lines };
}

test.each(['signed', 'unsigned', 'shipped'] as const)('%s graphs can be forced and hear the same', async (graph) => {
  const { recognizer, lines } = await load(graph);
  await using _ = recognizer;
  const refusals = lines.filter((line) => line?.includes('saturate'));
  // Only signed ones are wrong anywhere: on older processors.
  expect(recognizer.model.graph).toBe(graph === 'signed' && refusals.length > 0 ? 'shipped' : graph);
  expect(lines).toEqual(graph === 'shipped' ? [] : [`preparing moonshine-tiny (${graph} graphs), once`, ...refusals]);
  const [transcript] = await recognizer.transcribe([{ samples }]);
  expect(transcript!.text).toBe('Something is terribly wrong.');
});

test('the second start builds nothing', async () => {
  await (await load('auto')).recognizer.close();
  const { recognizer, lines } = await load('auto');
  await using _ = recognizer;
  expect(lines.filter((line) => !line?.includes('saturate'))).toEqual([]);
});

test('a processor on which signed products saturate gets the unsigned graphs', async () => {
  const { recognizer, lines } = await load('auto', saturating);
  await using _ = recognizer;
  expect(recognizer.model.graph).toBe('unsigned');
  expect(lines).toContain(
    'the signed graphs of moonshine-tiny are not used: the prepared graphs are wrong on this processor: products of signed 8-bit weights saturate',
  );
});

test('a cache folder that cannot be written to costs only the keeping', async () => {
  const file = join(cache, 'file');
  writeFileSync(file, '');
  vi.stubEnv('OUTSPOKEN_CACHE', file);
  const { recognizer, lines } = await load('auto');
  await using _ = recognizer;
  expect(recognizer.model.graph).toMatch(/^(signed|unsigned)$/);
  expect(lines[0]).toContain('could not be kept');
  expect(readFileSync(file)).toHaveLength(0);
});

test('the published graphs are the last resort of every choice', () => {
  expect(graphsToTry('auto')).toEqual(['signed', 'unsigned', 'shipped']);
  expect(graphsToTry('unsigned')).toEqual(['unsigned', 'shipped']);
  expect(graphsToTry('shipped')).toEqual(['shipped']);
});
