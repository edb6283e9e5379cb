import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { QpsResult } from '../benchmarks/qps/qps-result.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
/** One short step for each server and mode. */
const SHORT = ['--data', 'fixtures', '--rounds', '1', '--maximum-steps', '1', '--step-seconds', '2', '--longest-step-seconds', '2'];
const LIGHT = [
  '--warm-up-seconds',
  '1',
  '--start-talkers',
  '4',
  '--start-clips-per-second',
  '2',
  '--start-sockets',
  '1',
  '--peer-setting',
  '1x1x1',
];

/** Whatever comes back in time for the test is good enough: a busy machine is no fault of the benchmark. */
const PATIENT = ['--talkers-p95-ms', '60000', '--batch-p95-ms', '60000', '--goodput-percent', '0', '--trouble-percent', '100'];

async function bench(flags: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const programArguments = ['--conditions=@outspoken/source', '--import', 'tsx', 'benchmarks/qps.ts', ...flags];
  return promisify(execFile)(process.execPath, programArguments, { cwd: ROOT, maxBuffer: 16 * 2 ** 20 }).then(
    (output) => ({ code: 0, ...output }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

test('the benchmark drives our server and the peer with the same clips and leaves its figures and a page', async () => {
  const { code, stdout, stderr } = await bench([...SHORT, ...LIGHT, ...PATIENT]);
  expect(code, stderr).toBe(0);
  const paths = [...stderr.matchAll(/^written: (.+)$/gm)].map(([, path = '']) => path);
  expect(paths.map((path) => path.split('.').at(-1))).toEqual(['json', 'html']);
  const [jsonPath = '', pagePath = ''] = paths;
  try {
    const result = JSON.parse(readFileSync(jsonPath, 'utf8')) as QpsResult;
    expect(result.steps.map(({ mode, target }) => `${mode} ${target}`).sort()).toEqual([
      'closed outspoken',
      'closed sherpa-onnx',
      'open outspoken',
      'open sherpa-onnx',
      'talkers outspoken',
      'talkers sherpa-onnx',
    ]);
    for (const step of result.steps) {
      expect(step.errors, JSON.stringify(step)).toEqual({});
      expect(step.clipCount).toBeGreaterThan(0);
      expect(step.latency?.p50Ms).toBeGreaterThan(0);
      expect(step.processes.every(({ memoryMiB }) => memoryMiB > 10)).toBe(true);
    }
    expect(result.knees.map(({ load }) => load).sort()).toEqual([1, 1, 2, 2, 4, 4]);
    const [ours, peer] = ['outspoken', 'sherpa-onnx'].map((name) =>
      result.steps.find(({ mode, target }) => mode === 'open' && target === name),
    );
    // The same seed: the same clips at the same moments, and the same weights behind both.
    expect(ours?.clipCount).toBe(peer?.clipCount);
    expect(Math.abs((ours?.wordErrorRatio ?? 1) - (peer?.wordErrorRatio ?? 0))).toBeLessThan(0.1);
    expect(ours?.processes.map(({ role }) => role)).toEqual(expect.arrayContaining(['sockets 1', 'worker 1']));
    expect(ours?.serverLoopDelayP99Ms).toBeGreaterThan(0);
    expect(readFileSync(pagePath, 'utf8')).toMatch(/^<!doctype html>[\s\S]*<svg[\s\S]*<\/html>\n$/);
    expect(stdout).toContain('KNEE of outspoken');
    expect(Object.values(ours?.effortRatios ?? {}).reduce((sum, ratio) => sum + ratio, 0)).toBeCloseTo(1);
    expect(peer?.effortRatios).toEqual({});

    const compared = await bench(['--compare', jsonPath, jsonPath]);
    expect(compared).toMatchObject({ code: 0, stderr: '' });
    expect(compared.stdout).toMatch(/outspoken, open, knee: clips\/s .+ 1\.000 {2}within noise/);
  } finally {
    for (const path of paths) {
      rmSync(path);
    }
  }
});

test.each([
  [['--modes', 'sprint'], '--modes must be among talkers, open, closed, got "sprint"'],
  [['--peer', 'whisper'], '--peer must be sherpa or none, got "whisper"'],
  [['--peer-setting', '0x1x1'], '--peer-setting must be three numbers such as 1x2x1, got "0x1x1"'],
  [['--effort', 'much'], '--effort must be among fast, balanced, best, auto, got "much"'],
  [['--talkers-p95-ms', 'fast'], '--talkers-p95-ms must be a number of at least 1, got "fast"'],
  [['--data', 'nowhere'], '--data must be fixtures, dev or a folder, and there is no folder nowhere'],
  [['--compare', 'package.json'], '--compare takes two JSON files and nothing else; see --help'],
  [['--compare', 'package.json', 'biome.json'], 'package.json is not a result of bench:qps'],
])('the benchmark answers %j with one line', async (flags, complaint) => {
  expect(await bench(flags)).toMatchObject({ code: 2, stderr: `${complaint}\n`, stdout: '' });
});
