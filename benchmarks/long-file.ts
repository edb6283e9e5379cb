/**
 * Claim: three hours in one file need no more memory than three minutes, and the first words come back at once.
 *
 *   npx -y pnpm@10 bench:long-file [--hours 3] [--form opus|mp3|wav] [--help]
 *
 * Repeats the demo recording for so long (ffmpeg), sends it to the real server's OpenAI door as a stream, and watches every process.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, openAsBlob, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixturePath } from '../tests/support/fixtures.ts';
import { ServerProcess } from '../tests/support/server-process.ts';
import { findOrInstallFfmpeg } from '../tests/support/sound-tools.ts';
import { progress, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { readProcessTree } from './support/process-cpu.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';

const HELP = `
One long recording through the OpenAI door: first byte, first words, speed, and the most memory that each process held.

  --hours N    length of the recording (default 3)
  --form NAME  opus, mp3 or wav (default opus)
`;

const FORMS = new Map([
  ['opus', { extension: 'ogg', encoder: ['-c:a', 'libopus', '-b:a', '24k'] }],
  ['mp3', { extension: 'mp3', encoder: ['-c:a', 'libmp3lame', '-b:a', '48k'] }],
  ['wav', { extension: 'wav', encoder: ['-c:a', 'pcm_s16le'] }],
]);
const WATCH_MS = 250;

interface Heard {
  readonly firstByteMs: number;
  readonly firstDeltaMs: number;
  readonly totalMs: number;
  readonly words: number;
}

async function listen(serverUrl: string, path: string): Promise<Heard> {
  const body = new FormData();
  body.set('model', 'moonshine-tiny');
  body.set('stream', 'true');
  body.set('file', await openAsBlob(path), path);
  const startedAtMs = performance.now();
  const answer = await fetch(new URL('v1/audio/transcriptions', serverUrl), { method: 'POST', body });
  if (!answer.ok || answer.body === null) {
    throw new Error(`the server answered ${answer.status}: ${await answer.text()}`);
  }
  let firstByteMs = Number.NaN;
  let firstDeltaMs = Number.NaN;
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body) {
    const sinceMs = performance.now() - startedAtMs;
    if (Number.isNaN(firstByteMs)) firstByteMs = sinceMs;
    text += decoder.decode(chunk, { stream: true });
    if (Number.isNaN(firstDeltaMs) && text.includes('transcript.text.delta')) firstDeltaMs = sinceMs;
  }
  if (!text.includes('transcript.text.done')) {
    throw new Error('the stream broke off');
  }
  const deltas = [...text.matchAll(/^data: (\{"type":"transcript\.text\.delta".*\})$/gm)].map(([, json = '']) => JSON.parse(json).delta);
  return { firstByteMs, firstDeltaMs, totalMs: performance.now() - startedAtMs, words: deltas.join('').split(/\s+/).length };
}

/** The most memory that each kind of process held, in bytes, while `work` ran. */
async function watchMemory<T>(pid: number, work: Promise<T>): Promise<{ result: T; peaks: Map<string, number> }> {
  const peaks = new Map<string, number>();
  const timer = setInterval(() => {
    for (const { command, memoryBytes } of readProcessTree(pid) ?? []) {
      const name = /outspoken-worker|outspoken-file-reader|outspoken/.exec(command)?.[0];
      if (name) peaks.set(name, Math.max(peaks.get(name) ?? 0, memoryBytes));
    }
  }, WATCH_MS);
  try {
    return { result: await work, peaks };
  } finally {
    clearInterval(timer);
  }
}

async function measure(): Promise<void> {
  const options = readOptions(HELP, { hours: { type: 'string', default: '3' }, form: { type: 'string', default: 'opus' } });
  const hours = Number(options.hours);
  const form = FORMS.get(options.form);
  if (!form || !(hours > 0 && hours <= 4)) {
    throw new UsageError('--form must be opus, mp3 or wav, and --hours above 0 and at most 4');
  }
  const machine = describeMachine();
  const folder = mkdtempSync(join(tmpdir(), 'outspoken-long-'));
  try {
    const path = join(folder, `long.${form.extension}`);
    progress(`writing ${hours} h as ${options.form}`);
    const source = ['-stream_loop', '-1', '-i', fixturePath('demo-recording.wav'), '-t', String(hours * 3600)];
    execFileSync(findOrInstallFfmpeg(), ['-v', 'error', '-y', ...source, ...form.encoder, path]);
    await using server = await ServerProcess.start(['--log-level', 'warn']);
    progress(`sending ${(statSync(path).size / 1e6).toFixed(0)} MB`);
    const { result, peaks } = await watchMemory(server.pid, listen(server.url, path));
    console.log(`${hours} h as ${options.form}, ${(statSync(path).size / 1e6).toFixed(0)} MB, ${result.words} words`);
    console.log(`first byte ${result.firstByteMs.toFixed(0)} ms, first words ${result.firstDeltaMs.toFixed(0)} ms after the request began`);
    console.log(`all of it ${(result.totalMs / 1000).toFixed(0)} s, ${((hours * 3.6e6) / result.totalMs).toFixed(0)} x real time`);
    for (const [name, bytes] of peaks) {
      console.log(`most memory of ${name}: ${(bytes / 1e6).toFixed(0)} MB`);
    }
    console.log(formatMachine(machine));
    writeResult('long-file', machine, { hours, form: options.form, ...result, peakBytes: Object.fromEntries(peaks) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await runBenchmark(measure);
