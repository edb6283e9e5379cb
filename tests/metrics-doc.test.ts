import { readFileSync, writeFileSync } from 'node:fs';
import { MEDIA_FORMATS } from '@outspoken/media/formats';
import { METRICS } from '@outspoken/monitoring';
import { expect, test } from 'vitest';
import { metricsDocument } from './support/metrics-doc.ts';

const PATH = new URL('../docs/metrics.md', import.meta.url);

test('docs/metrics.md says what the catalogue says; UPDATE_DOCS=1 writes it anew', async () => {
  const expected = await metricsDocument();
  if (process.env['UPDATE_DOCS']) {
    writeFileSync(PATH, expected);
  }
  // Some figures of the process exist on Linux only.
  const comparable = (text: string) => (process.platform === 'linux' ? text : text.split('\n## The process\n')[0]);
  expect(comparable(readFileSync(PATH, 'utf8'))).toBe(comparable(expected));
});

test('every container that can be decoded has a series of its own', () => {
  expect([...METRICS.files.labels.container].sort()).toEqual([...Object.keys(MEDIA_FORMATS), 'other'].sort());
});
