import { modelNames } from '@outspoken/models';
import { expect, test } from 'vitest';
import { type ListedModel, listModels } from '../src/commands/models-list.ts';
import { createContext } from './support/context.ts';

test('lists every model in a table', async () => {
  const { stdout } = createContext();
  expect(await listModels({}, { stdout })).toBe(0);
  expect(stdout.lines[0]).toMatch(/^NAME +FAMILY +LICENCE +LANGUAGES +SIZE +FROM +STATE$/);
  expect(stdout.lines.slice(1).map((line) => line.split(/ +/)[0])).toEqual(modelNames());
  expect(stdout.text).toMatch(/^moonshine-tiny +moonshine +MIT +en +28\.4 MB +npm +present$/m);
  expect(stdout.text).toMatch(/^silero-vad-v6 +silero-vad +MIT +any +2\.3 MB +npm +present$/m);
});

test('lists them as JSON', async () => {
  const { stdout } = createContext();
  await listModels({ json: true }, { stdout });
  const models = JSON.parse(stdout.text) as ListedModel[];
  expect(models.find(({ name }) => name === 'moonshine-base')).toMatchObject({ from: 'hub', license: 'MIT', sizeBytes: 63_254_851 });
});
