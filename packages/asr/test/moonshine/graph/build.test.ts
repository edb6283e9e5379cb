import { loadModelFiles } from '@outspoken/models';
import * as runtime from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { buildMoonshineGraphs } from '../../../src/moonshine/graph/build.ts';
import { buildGraphs, parameters, source } from '../../support/moonshine-tiny.ts';
import { EXACT_FORMS } from '../../support/processor.ts';

const LAYERS = [0, 1, 2, 3, 4, 5];

describe.each(EXACT_FORMS)('%s graphs', (variant) => {
  const graphs = buildGraphs(variant);

  test('say which they are and are loaded by the runtime', async () => {
    expect(graphs.variant).toBe(variant);
    const encoder = await runtime.InferenceSession.create(graphs.encoder);
    const decoder = await runtime.InferenceSession.create(graphs.decoder);
    expect(encoder.inputNames).toEqual(['audio']);
    expect(encoder.outputNames).toEqual(LAYERS.flatMap((layer) => [`cross_key.${layer}`, `cross_value.${layer}`]));
    // Whatever the encoder gives is an input of the decoder under the same name.
    expect(decoder.inputNames).toEqual(expect.arrayContaining([...encoder.outputNames]));
    await Promise.all([encoder.release(), decoder.release()]);
  });

  test('are the same bytes whenever they are built', () => {
    const again = buildGraphs(variant);
    expect(Buffer.compare(again.encoder, graphs.encoder)).toBe(0);
    expect(Buffer.compare(again.decoder, graphs.decoder)).toBe(0);
  });

  test('keep the weights in 8 bits', () => {
    const published = source.files.encoder.length + source.files.decoder.length;
    // Twice the embedding, as the table and as the output map, and the convolutions of the unsigned encoder in floats add half at most.
    expect(graphs.encoder.length + graphs.decoder.length).toBeLessThan(1.5 * published);
  });
});

test.each([
  ['no graph', { ...source.files, encoder: Uint8Array.of(0xff, 0xff, 0xff) }],
  ['nothing', { ...source.files, decoder: new Uint8Array(0) }],
  ['the two graphs in the wrong places', { encoder: source.files.decoder, decoder: source.files.encoder }],
])('refuses %s', (_, files) => {
  expect(() => buildMoonshineGraphs(files, 'signed', parameters)).toThrow(
    expect.objectContaining({ name: 'RecognizerError', code: 'model_failed' }),
  );
});

test('leaves the published files as they are', async () => {
  const { files } = await loadModelFiles('moonshine-tiny');
  buildGraphs('signed');
  expect(Buffer.compare(files.encoder, source.files.encoder)).toBe(0);
  expect(Buffer.compare(files.decoder, source.files.decoder)).toBe(0);
});

test.each([
  { layer: 6, head: 0 },
  { layer: 0, head: 8 },
  { layer: -1, head: 0 },
  { layer: 0, head: 0.5 },
])('refuses a head that the model does not have: %o', (head) => {
  expect(() => buildMoonshineGraphs(source.files, 'unsigned', { ...parameters, alignmentHeads: [head] })).toThrow(RangeError);
});
