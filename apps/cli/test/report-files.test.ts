import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createReport, PLAIN } from '@outspoken/evaluation';
import { expect, test } from 'vitest';
import { checkReportFiles, writeReportFiles } from '../src/evaluation/report-files.ts';
import { temporaryFolder } from './support/context.ts';

const REPORT = createReport({
  createdAt: '2026-11-27T12:00:00.000Z',
  commit: null,
  manifest: 'm.jsonl',
  system: { model: null, graph: null, clipPolicyId: null, road: 'server' },
  normaliser: PLAIN,
  sliceField: null,
  plannedCount: 0,
  isStopped: false,
  failures: [],
  heard: [],
});

test('needs the folder, and says so before and after the work', async () => {
  const folder = temporaryFolder();
  await expect(checkReportFiles({ html: 'no/r.html' }, folder)).rejects.toMatchObject({
    code: 'output_failed',
    message: 'no/r.html cannot be written (ENOENT), make its folder first',
  });
  await checkReportFiles({ html: 'r.html' }, folder);
  await checkReportFiles({}, folder);
  mkdirSync(join(folder, 'r.json'));
  await expect(writeReportFiles(REPORT, { json: 'r.json' }, folder, 1)).rejects.toMatchObject({ code: 'output_failed' });
});
