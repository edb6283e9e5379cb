import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { doctor, formatReport } from '../src/commands/doctor.ts';
import type { CheckResult } from '../src/doctor/check.ts';
import { createContext, temporaryFolder } from './support/context.ts';

const CHECKS: readonly CheckResult[] = [
  { id: 'node', state: 'ok', detail: 'Node 20.19.0' },
  { id: 'port', state: 'warning', detail: 'the port is taken', advice: 'choose another' },
  { id: 'model', state: 'problem', detail: 'the model is gone', advice: 'fetch it' },
];

beforeAll(() => {
  const cache = mkdtempSync(join(tmpdir(), 'outspoken-cli-test-'));
  vi.stubEnv('OUTSPOKEN_CACHE', cache);
  return () => {
    vi.unstubAllEnvs();
    rmSync(cache, { recursive: true });
  };
});

test('says of each check how it came out and what to do', () => {
  expect(formatReport(CHECKS, { isColourful: false })).toBe(
    [
      'ok       Node 20.19.0',
      'warning  the port is taken',
      '          choose another',
      'problem  the model is gone',
      '          fetch it',
      '',
      '1 to mend before it works, 1 to know about',
      '',
    ].join('\n'),
  );
  expect(formatReport(CHECKS.slice(0, 1), { isColourful: false })).toMatch(/\n\neverything that is needed is there\n$/);
});

test('uses symbols and colours on a terminal only', () => {
  expect(formatReport(CHECKS, { isColourful: true })).toContain('\u001B[31m✗\u001B[39m  the model is gone');
  expect(formatReport(CHECKS, { isColourful: false })).not.toContain('\u001B');
});

test('finds this machine fit', async () => {
  const context = createContext({ environment: { OUTSPOKEN_PORT: '0', OUTSPOKEN_WORKERS: '1' } });
  expect(await doctor({ json: true }, context)).toBe(0);
  const report = JSON.parse(context.stdout.text) as { isOk: boolean; checks: CheckResult[] };
  expect(report.isOk).toBe(true);
  expect(report.checks.filter(({ state }) => state === 'problem')).toEqual([]);
  expect(report.checks.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['node', 'onnxruntime', 'model-moonshine-tiny', 'spool', 'port', 'recognizer']),
  );
  expect(report.checks.at(-1)!.detail).toMatch(/^moonshine-tiny recognizes with its (signed|unsigned|shipped) graphs/);
  expect(context.stderr.text).toContain('preparing moonshine-tiny');
});

test('fails when something is missing without which it does not work', async () => {
  const context = createContext({ environment: { OUTSPOKEN_PORT: '0', OUTSPOKEN_SPOOL_FOLDER: `${temporaryFolder()}/none` } });
  expect(await doctor({}, context)).toBe(1);
  expect(context.stdout.text).toMatch(/problem {2}uploads cannot wait in .*\n {10}create the folder/);
});

test('tries no recognizer without its model', async () => {
  const context = createContext({ environment: { OUTSPOKEN_PORT: '0', OUTSPOKEN_MODEL: 'moonshine-base' } });
  expect(await doctor({}, context)).toBe(1);
  expect(context.stdout.text).toContain('problem  model moonshine-base: encoder is absent');
  expect(context.stdout.text).not.toContain('recognizes');
});

test('does not guess when a setting is wrong', async () => {
  await expect(doctor({}, createContext({ environment: { OUTSPOKEN_PORT: 'many' } }))).rejects.toMatchObject({ name: 'ConfigError' });
});
