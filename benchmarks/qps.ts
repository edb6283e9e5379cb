/**
 * Claim: one machine carries so many talkers and so many clips a second, and this is where it stops; a plain peer stops earlier.
 *
 *   npx -y pnpm@10 bench:qps [--quick] [--modes talkers,open,closed] [--peer sherpa|none] [--compare A.json B.json] [--help]
 *
 * Starts the real server and, beside it, a plain server around sherpa-onnx-node with the same weights; a third process sends the
 * load. Only one server is under load at a time, and they take turns. The speech detector runs beforehand, once for each recording.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WHISPER_ENGLISH } from '@outspoken/evaluation';
import { compareResults, differingConditions, formatComparison } from './qps/comparison.ts';
import { formatResult } from './qps/console-report.ts';
import { GeneratorProcess } from './qps/generator-process.ts';
import { KneeRun, kneeRatios, type RunParts } from './qps/knee-run.ts';
import { prepareRecording } from './qps/load-recording.ts';
import { choosePeer } from './qps/peer-choice.ts';
import type { QpsResult } from './qps/qps-result.ts';
import { renderReport } from './qps/report-page.ts';
import { type QpsSettings, readCommand } from './qps/settings.ts';
import { findOurs, startOurs } from './qps/targets.ts';
import { progress, runBenchmark, UsageError } from './support/command-line.ts';
import { DEV_DATA_FOLDER, hasDevData } from './support/dev-data.ts';
import { judgeRecordings } from './support/judged-speech.ts';
import { sum } from './support/quantiles.ts';
import { loadRecordings } from './support/recordings.ts';
import { describeMachine, readResult, writeResult } from './support/results.ts';

const COMMAND = 'npx -y pnpm@10 bench:qps';

async function main(): Promise<void> {
  const command = readCommand();
  if (command.type === 'compare') {
    compare(command.paths);
  } else {
    await measure(command.settings);
  }
}

function compare(paths: readonly [string, string]): void {
  const [before, after] = [readQps(paths[0]), readQps(paths[1])];
  console.log(`A ${paths[0]}, commit ${before.commit}\nB ${paths[1]}, commit ${after.commit}`);
  for (const condition of differingConditions(before, after)) {
    console.log(`not the same: ${condition}`);
  }
  console.log(formatComparison(compareResults(before, after)));
}

async function measure(settings: QpsSettings): Promise<void> {
  const machine = describeMachine();
  const commit = readCommit();
  const data = chooseData(settings);
  progress(`reading ${data.name} and running the detector over it`);
  const judged = (await judgeRecordings(loadRecordings(data.folder))).map((recording) => ({
    recording,
    load: prepareRecording(recording),
  }));
  // Where the detector found no speech, nothing would be sent.
  const spoken = judged.filter(({ load }) => load.clips.length > 0);
  if (spoken.length === 0) {
    throw new UsageError(`the detector found no speech in ${data.name}`);
  }
  const recordings = spoken.map(({ load }) => load);
  await using generator = await GeneratorProcess.start(recordings);
  const parts: RunParts = { generator, recordings, texts: spoken.map(({ recording }) => recording.text) };
  await using ours = await (settings.serverUrl === undefined ? startOurs(settings) : findOurs(settings.serverUrl));
  progress(`our server: ${ours.address.urls[0]}`);
  await using peer = settings.hasPeer ? await choosePeer(settings, parts, machine.cores) : undefined;
  const targets = peer ? [ours, peer] : [ours];
  const run = new KneeRun(settings, parts, targets);
  await run.run();

  const clips = recordings.flatMap((recording) => recording.clips);
  const result: Omit<QpsResult, 'name' | 'finishedAt' | 'machine'> = {
    commit,
    command: [COMMAND, ...process.argv.slice(2)].join(' '),
    settings: { ...settings },
    limits: settings.limits,
    normaliser: WHISPER_ENGLISH.id,
    data: {
      name: data.name,
      recordings: spoken.length,
      clips: clips.length,
      audioSeconds: sum(clips.map(({ samples }) => samples.length)) / 16_000,
    },
    targets: targets.map(({ address, setting }) => ({ name: address.name, setting })),
    steps: run.steps,
    knees: run.knees,
    ratios: kneeRatios(run.knees),
  };
  const path = writeResult('qps', machine, { ...result });
  const whole = readQps(path);
  const pagePath = path.replace(/\.json$/, '.html');
  writeFileSync(pagePath, renderReport(whole));
  progress(`written: ${pagePath}`);
  console.log(formatResult(whole));
}

/** @throws UsageError when the file is not one that this benchmark has written. */
function readQps(path: string): QpsResult {
  return readResult<QpsResult>('qps', path) as QpsResult;
}

function chooseData({ data }: QpsSettings): { readonly name: string; readonly folder: string | undefined } {
  const chosen = data ?? (hasDevData() ? 'dev' : 'fixtures');
  switch (chosen) {
    case 'fixtures':
      return { name: 'the fixtures', folder: undefined };
    case 'dev':
      return { name: 'the development data', folder: DEV_DATA_FOLDER };
    default:
      if (!existsSync(chosen)) {
        throw new UsageError(`--data must be fixtures, dev or a folder, and there is no folder ${chosen}`);
      }
      return { name: chosen, folder: chosen };
  }
}

/** The commit that is checked out, with "+" when files differ from it. */
function readCommit(): string {
  try {
    const git = (...programArguments: string[]) =>
      execFileSync('git', programArguments, {
        cwd: fileURLToPath(new URL('..', import.meta.url)),
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    return `${git('rev-parse', '--short=12', 'HEAD').trim()}${git('--no-optional-locks', 'status', '--porcelain').trim() === '' ? '' : '+'}`;
  } catch {
    // No git, or no repository: an archive of the sources measures as well.
    return 'unknown';
  }
}

await runBenchmark(main);
