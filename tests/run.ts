/**
 * The one test command: `npx -y pnpm@10 test`. Sets up what the tests need, runs every check and every test, skips nothing.
 *
 * `--only checks` leaves the tests out; `--only tests` leaves the static checks out.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findOrInstallChromium } from './support/chromium.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const RESULTS = join(ROOT, 'tests/results');
const VITEST_REPORT = join(RESULTS, 'vitest.json');

interface Step {
  readonly name: string;
  readonly group: 'checks' | 'tests';
  readonly command: readonly [string, ...string[]];
  /** Shows the output as it comes instead of only when the step fails. */
  readonly isShown?: boolean;
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
  {
    name: 'unit, integration and browser tests',
    group: 'tests',
    command: ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${VITEST_REPORT}`],
    isShown: true,
  },
];

function run(step: Step): Promise<{ isGreen: boolean; output: string }> {
  return new Promise((resolve) => {
    const [program, ...programArguments] = step.command[0] === 'pnpm' ? step.command : (['pnpm', 'exec', ...step.command] as const);
    const child = spawn(program, programArguments, {
      cwd: ROOT,
      stdio: ['ignore', step.isShown ? 'inherit' : 'pipe', step.isShown ? 'inherit' : 'pipe'],
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
function countTests(): { passed: number; failed: number } {
  if (!existsSync(VITEST_REPORT)) {
    return { passed: 0, failed: 1 };
  }
  const report = JSON.parse(readFileSync(VITEST_REPORT, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numFailedTestSuites: number;
  };
  const notRun = report.numPendingTests + (report.numPassedTests === 0 ? 1 : 0);
  return { passed: report.numPassedTests, failed: Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0) + notRun };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  mkdirSync(RESULTS, { recursive: true });
  rmSync(VITEST_REPORT, { force: true });
  if (values.only !== 'checks') {
    console.log(`browser: ${findOrInstallChromium()}`);
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
    if (step.group === 'tests') {
      const counts = countTests();
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

await main();
