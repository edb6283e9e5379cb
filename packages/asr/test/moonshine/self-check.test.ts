import { readFile } from 'node:fs/promises';
import { readWav } from '@outspoken/audio';
import { loadModelFiles, loadModelReference } from '@outspoken/models';
import * as runtime from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { buildMoonshineGraphs, loadMoonshine, type MoonshineReference } from '../../src/index.ts';
import { EXACT_FORMS, IS_SIGNED_EXACT } from '../support/processor.ts';

const source = await loadModelFiles('moonshine-tiny');
const { endTokenId = 0, maximumTokens = 0 } = source.manifest.parameters;
const stored = await loadModelReference('moonshine-tiny');
if (!stored) throw new Error('moonshine-tiny has no reference');
const reference: MoonshineReference = { ...stored, samples: readWav(stored.clip).channels[0]! };
const build = (variant: 'signed' | 'unsigned', files = source.files) => buildMoonshineGraphs(files, variant, { endTokenId, maximumTokens });

const [fastest = 'unsigned'] = EXACT_FORMS;

test.each(EXACT_FORMS)('%s graphs are right on this processor', async (variant) => {
  await using recognizer = await loadMoonshine(runtime, source, { graphs: build(variant), reference });
  expect(recognizer.model.graph).toBe(variant);
});

test('graphs whose weights were changed are found out by their activations', async () => {
  const graphs = build(fastest);
  // Some of the 8-bit weights in the second half of the file: the runtime loads them without a complaint.
  const place = Math.floor(graphs.encoder.length * 0.6);
  graphs.encoder.fill(fastest === 'signed' ? 0x7f : 0xff, place, place + 50_000);
  await expect(loadMoonshine(runtime, source, { graphs, reference })).rejects.toMatchObject({
    code: 'graph_wrong',
    message: expect.stringContaining('activations'),
  });
});

test('graphs that write another text are found out', async () => {
  const other = { ...reference, tokenIds: [...reference.tokenIds, 1] };
  await expect(loadMoonshine(runtime, source, { graphs: build(fastest), reference: other })).rejects.toMatchObject({
    code: 'graph_wrong',
  });
});

test('signed graphs are refused on a processor on which their products saturate, and only there', async () => {
  const loading = loadMoonshine(runtime, source, { graphs: build('signed'), reference });
  const outcome = await loading.then(
    async (recognizer) => {
      await recognizer.close();
      return 'right';
    },
    (error: Error) => error.message,
  );
  expect(outcome).toMatch(IS_SIGNED_EXACT ? /^right$/ : /products of signed 8-bit weights saturate/);
});

test('the published graphs hear the reference clip as it is stored', async () => {
  await using recognizer = await loadMoonshine(runtime, source);
  const [transcript] = await recognizer.transcribe([reference]);
  expect(transcript!.tokens.map(({ id }) => id)).toEqual(reference.tokenIds);
});

test('the reference clip is the fixture of that name', async () => {
  const fixture = await readFile(new URL('../../../../tests/fixtures/speech/something-terribly-wrong.wav', import.meta.url));
  expect(Buffer.compare(Buffer.from(stored.clip), fixture)).toBe(0);
});
