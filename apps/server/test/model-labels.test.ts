import { createHash } from 'node:crypto';
import { readModelManifest } from '@outspoken/models';
import { expect, test } from 'vitest';
import { modelLabels } from '../src/model-labels.ts';

test('names the model and one hash over all its files, whatever their order', () => {
  const manifest = readModelManifest('moonshine-tiny');
  const labels = modelLabels(manifest, 'signed');
  const { decoder, encoder, vocabulary } = manifest.files;
  const lines = `${decoder?.sha256}  decoder\n${encoder?.sha256}  encoder\n${vocabulary?.sha256}  vocabulary\n`;
  expect(labels).toEqual({
    name: 'moonshine-tiny',
    version: manifest.version,
    sha256: createHash('sha256').update(lines).digest('hex'),
    quantization: 'int8',
    graph: 'signed',
  });
  const reversed = Object.fromEntries(Object.entries(manifest.files).reverse());
  expect(modelLabels({ ...manifest, files: reversed }, 'signed')).toEqual(labels);
});
