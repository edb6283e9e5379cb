/**
 * Claim: the server is ready within seconds, the installation is small, and so is what a browser loads before it can listen.
 *
 *   npx -y pnpm@10 exec tsx --conditions=@outspoken/source benchmarks/footprint.ts [--runs 5] [--help]
 *
 * Start-up is measured with warm file caches (a first run does not count); the whole command `pnpm start` includes the build of the page.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildWeb } from '../tests/support/demo-page.ts';
import { ServerProcess } from '../tests/support/server-process.ts';
import { type Download, measureFirstVisit } from './support/browser-download.ts';
import { progress, readInteger, readOptions, runBenchmark } from './support/command-line.ts';
import { findInstalledPackages, type InstalledPackage, sizeOf } from './support/installed-packages.ts';
import { median, sum } from './support/quantiles.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';

const HELP = `
Start-up time, size of an installation for production, and bytes that a browser loads on its first visit.

  --runs N    starts to take the median of (default 5)
`;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PRODUCTION_PACKAGES = ['apps/server', 'apps/web'];
const SHOWN_PACKAGES = 8;

async function measure(): Promise<void> {
  const { runs } = readOptions(HELP, { runs: { type: 'string', default: '5' } });
  const runCount = readInteger('--runs', runs, 1);
  const machine = describeMachine();
  console.log(formatMachine(machine));
  progress('building the page');
  buildWeb();

  const serverStartsMs = await repeat(runCount, 'server', startServer);
  console.log(`\nstart of the server to its first answer: ${describeStarts(serverStartsMs)}`);
  const commandStartsMs = await repeat(runCount, 'pnpm start', startCommand);
  console.log(
    `the whole command pnpm start:            ${commandStartsMs ? describeStarts(commandStartsMs) : 'not measured, it needs a POSIX system and this script to be run by pnpm exec'}`,
  );

  progress('walking the installed packages');
  const packages = findInstalledPackages(ROOT, PRODUCTION_PACKAGES);
  const developmentBytes = sizeOf(join(ROOT, 'node_modules'));
  reportPackages(packages, developmentBytes);

  progress('opening the page in Chromium');
  await using server = await ServerProcess.start();
  const downloads = await measureFirstVisit(server.url);
  reportDownloads(downloads);
  writeResult('footprint', machine, { serverStartsMs, commandStartsMs, packages, developmentBytes, downloads });
}

/** Times of the runs after the first, which only warms the caches; undefined when there is nothing to run. */
async function repeat(runs: number, name: string, start: () => Promise<number | undefined>): Promise<number[] | undefined> {
  const timesMs: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const timeMs = await start();
    if (timeMs === undefined) {
      return undefined;
    }
    progress(`${name}, ${run === 0 ? 'warm-up' : `run ${run} of ${runs}`}: ${timeMs.toFixed(0)} ms`);
    if (run > 0) {
      timesMs.push(timeMs);
    }
  }
  return timesMs;
}

/** From the start of the process until it has printed its address and answered `/readyz`. */
async function startServer(): Promise<number> {
  const startedAtMs = performance.now();
  await using server = await ServerProcess.start();
  const { status } = await fetch(new URL('readyz', server.url));
  if (status !== 200) {
    throw new Error(`the server has printed its address but answers ${status}`);
  }
  return performance.now() - startedAtMs;
}

/** From the command of a person until the address is printed, with the package manager that runs this script. */
async function startCommand(): Promise<number | undefined> {
  const packageManager = process.env['npm_execpath'];
  // Without process groups the programs behind the shells of a package manager could not be ended.
  if (packageManager === undefined || process.platform === 'win32') {
    return undefined;
  }
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, [packageManager, 'start'], {
    cwd: ROOT,
    // The whole family must end: a package manager starts shells that start programs.
    detached: true,
    env: { ...process.env, OUTSPOKEN_PORT: '0', OUTSPOKEN_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const hasEnded = once(child, 'exit');
  let timeMs: number | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (timeMs === undefined && line.includes('outspoken is ready: http')) {
      timeMs = performance.now() - startedAtMs;
      process.kill(-(child.pid ?? 0), 'SIGTERM');
    }
  }
  await hasEnded;
  if (timeMs === undefined) {
    throw new Error('pnpm start has ended before it was ready');
  }
  return timeMs;
}

function describeStarts(timesMs: readonly number[] | undefined): string {
  const seconds = (valueMs: number): string => (valueMs / 1000).toFixed(2);
  const values = timesMs ?? [];
  return `median ${seconds(median(values))} s of ${values.length} (${seconds(Math.min(...values))}-${seconds(Math.max(...values))})`;
}

function reportPackages(packages: readonly InstalledPackage[], developmentBytes: number): void {
  const others = packages.filter(({ isOurs }) => !isOurs);
  const ours = packages.filter(({ isOurs }) => isOurs);
  const totalBytes = sum(others.map(({ sizeBytes }) => sizeBytes));
  console.log(
    `\ninstalled for production: ${others.length} packages, ${formatMb(totalBytes)} (with what development needs: ${formatMb(developmentBytes)})`,
  );
  for (const { name, version, sizeBytes } of others.slice(0, SHOWN_PACKAGES)) {
    console.log(`  ${formatMb(sizeBytes).padStart(9)}  ${name} ${version}`);
  }
  const restBytes = sum(others.slice(SHOWN_PACKAGES).map(({ sizeBytes }) => sizeBytes));
  console.log(`  ${formatMb(restBytes).padStart(9)}  the other ${Math.max(0, others.length - SHOWN_PACKAGES)}`);
  console.log(`our own ${ours.length} packages, builds and tests included: ${formatMb(sum(ours.map(({ sizeBytes }) => sizeBytes)))}`);
}

function reportDownloads(downloads: readonly Download[]): void {
  const bytesOf = (list: readonly Download[]): number => sum(list.map(({ bodyBytes, headerBytes }) => bodyBytes + headerBytes));
  console.log(`\nfirst visit until it listens: ${formatMb(bytesOf(downloads))} in ${downloads.length} answers, headers included`);
  for (const share of new Set(downloads.map((download) => download.share))) {
    const part = downloads.filter((download) => download.share === share);
    console.log(
      `  ${formatKb(bytesOf(part)).padStart(10)}  ${((100 * bytesOf(part)) / bytesOf(downloads)).toFixed(1).padStart(4)} %  ${share}`,
    );
  }
  for (const { method, path, status, encoding, bodyBytes } of downloads) {
    console.log(`    ${formatKb(bodyBytes).padStart(10)}  ${encoding.padEnd(4)}  ${status} ${method} /${path}`);
  }
  const seen = downloads.filter(({ chromiumBytes }) => chromiumBytes !== undefined);
  const differences = seen.map(({ chromiumBytes = 0, bodyBytes, headerBytes }) => Math.abs(chromiumBytes - bodyBytes - headerBytes));
  console.log(`Chromium itself shows ${seen.length} of them and differs by at most ${Math.max(0, ...differences)} bytes each`);
}

function formatMb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

function formatKb(bytes: number): string {
  return `${(bytes / 1e3).toFixed(1)} kB`;
}

await runBenchmark(measure);
