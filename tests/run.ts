/**
 * The one test command: `npx -y pnpm@10 test`. Sets up what the tests need, runs every check and every test, skips nothing.
 *
 * `--only checks` leaves the tests out; `--only tests` leaves the static checks out.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findOrInstallChromium } from './support/chromium.ts';
import { findOrInstallPrometheus } from './support/prometheus.ts';
import { findOrInstallPython } from './support/python.ts';
import { findOrInstallFfmpeg, findOrInstallSox } from './support/sound-tools.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const RESULTS = join(ROOT, 'tests/results');

interface Step {
  readonly name: string;
  readonly group: 'checks' | 'tests';
  readonly command: readonly [string, ...string[]];
  /** Where vitest writes what it ran; its output is shown as it comes, that of other steps only when they fail. */
  readonly report?: string;
}

/**
 * Vitest over one of its projects. The browser hears in real time, so its tests run after the others, not beside them. Those others take every
 * core: by default vitest leaves one to whoever watches, half the time of a machine that has two.
 */
function vitest(name: string, project: string): Step {
  const report = join(RESULTS, `${project}.json`);
  const workers = `--maxWorkers=${availableParallelism()}`;
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] as const;
  const command = ['vitest', 'run', '--project', project, workers, ...reporters] as const;
  return { name, group: 'tests', command, report };
}

const STEPS: readonly Step[] = [
  {
    name: 'format and lint',
    group: 'checks',
    command: ['biome', 'ci', '--error-on-warnings', ...(process.stdout.isTTY ? [] : ['--colors=off'])],
  },
  { name: 'types', group: 'checks', command: ['tsc', '-b'] },
  { name: 'dead code and dependencies', group: 'checks', command: ['knip'] },
  { name: 'package shape', group: 'checks', command: ['pnpm', '-r', '--filter', './packages/*', 'exec', 'publint', '--strict'] },
  { name: 'web build', group: 'checks', command: ['pnpm', '--filter', '@outspoken/web', 'build'] },
  { name: 'bundle sizes', group: 'checks', command: ['size-limit'] },
  vitest('unit tests', 'unit'),
  vitest('integration and browser tests', 'integration'),
];

function run(step: Step): Promise<{ isGreen: boolean; output: string }> {
  return new Promise((resolve) => {
    const [program, ...programArguments] = step.command[0] === 'pnpm' ? step.command : (['pnpm', 'exec', ...step.command] as const);
    const child = spawn(program, programArguments, {
      cwd: ROOT,
      stdio: ['ignore', step.report ? 'inherit' : 'pipe', step.report ? 'inherit' : 'pipe'],
      shell: process.platform === 'win32',
      env: { ...process.env, ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: '0' }) },
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once('error', (error) => resolve({ isGreen: false, output: String(error) }));
    child.once('close', (code) => resolve({ isGreen: code === 0, output }));
  });
}

/** What vitest wrote down: a run that executed nothing, or did not come to its end, counts as failed. */
function countTests(report: string): { passed: number; failed: number } {
  if (!existsSync(report)) {
    return { passed: 0, failed: 1 };
  }
  const counts = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numFailedTestSuites: number;
  };
  const notRun = counts.numPendingTests + (counts.numPassedTests === 0 ? 1 : 0);
  return { passed: counts.numPassedTests, failed: Math.max(counts.numFailedTests, counts.numFailedTestSuites > 0 ? 1 : 0) + notRun };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  if (values.only && !STEPS.some(({ group }) => group === values.only)) {
    throw new RangeError(`--only must be checks or tests, got ${values.only}`);
  }
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  if (values.only !== 'checks') {
    console.log(`browser: ${findOrInstallChromium()}`);
    console.log(`prometheus: ${findOrInstallPrometheus().prometheus}`);
    console.log(`python: ${findOrInstallPython()}`);
    console.log(`sound tools: ${findOrInstallFfmpeg()}, ${findOrInstallSox()}`);
  }
  let passed = 0;
  let failed = 0;
  for (const step of STEPS.filter(({ group }) => !values.only || values.only === group)) {
    const startedAtMs = performance.now();
    console.log(`… ${step.name}`);
    const { isGreen, output } = await run(step);
    console.log(`${isGreen ? '✓' : '✗'} ${step.name} (${((performance.now() - startedAtMs) / 1000).toFixed(1)} s)`);
    if (!isGreen) {
      console.log(output);
    }
    if (step.report) {
      const counts = countTests(step.report);
      passed += counts.passed;
      failed += counts.failed + (isGreen || counts.failed > 0 ? 0 : 1);
    } else {
      passed += isGreen ? 1 : 0;
      failed += isGreen ? 0 : 1;
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
