import { loadModelFiles } from '@outspoken/models';
import * as runtime from 'onnxruntime-node';
import { afterAll, expect, test } from 'vitest';
import { fixturePath, readSpeech } from '../../../../tests/support/fixtures.ts';
import { loadMoonshineModel } from '../../src/moonshine/model.ts';

const { files } = await loadModelFiles('moonshine-tiny');
const model = await loadMoonshineModel(runtime, files, {});
const samples = readSpeech(fixturePath('speech/tt-weasels.wav'));
const states = await model.encode(samples);

afterAll(() => model.close());

const largest = (logits: Float32Array): number => logits.indexOf(logits.reduce((a, b) => Math.max(a, b)));

test('encodes a clip to about 41 states a second', () => {
  expect(states.dims[0]).toBe(1);
  expect((states.dims[1] ?? 0) / (samples.length / 16_000)).toBeCloseTo(41, 0);
});

test('gives one logit for each of the 32768 token ids', async () => {
  expect(await model.startDecoding(states).step(1)).toHaveLength(32_768);
});

test('keeps what each decoding has read apart from every other', async () => {
  const alone = model.startDecoding(states);
  const first = largest(await alone.step(1));
  const second = largest(await alone.step(first));
  const [a, b] = [model.startDecoding(states), model.startDecoding(states)];
  await a.step(1);
  await b.step(1);
  const [fromA, fromB] = [largest(await a.step(first)), largest(await b.step(first))];
  expect([fromA, fromB]).toEqual([second, second]);
});

test('refuses bytes that are no graph', async () => {
  const error = await loadMoonshineModel(runtime, { ...files, decoder: Uint8Array.of(1, 2, 3) }, {}).catch((cause) => cause);
  expect(error).toMatchObject({ code: 'model_failed', message: expect.stringContaining('the decoder of the model') });
  expect(error.cause).toMatchObject({ code: 'load_failed', message: expect.stringContaining('3 bytes') });
});

test('refuses the graphs in the wrong places and says what is missing', async () => {
  const swapped = { encoder: files.decoder, decoder: files.encoder };
  await expect(loadMoonshineModel(runtime, swapped, {})).rejects.toThrow('the encoder lacks input_values');
  await expect(loadMoonshineModel(runtime, { ...files, decoder: files.encoder }, {})).rejects.toThrow(/merged one .* got none/);
});
