import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, createReadStream, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedFilePath, isHubFile, readModelManifest } from '@outspoken/models';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { fixturePath } from './support/fixtures.ts';
import { findOrInstallFfmpeg } from './support/sound-tools.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const FROM_SOURCE = ['--conditions=@outspoken/source', '--import', import.meta.resolve('tsx'), join(ROOT, 'apps/cli/src/main.ts')];
const WEASELS = fixturePath('speech/tt-weasels.wav');
const PASSWORD = fixturePath('speech/vm-newpassword.wav');
const WEASELS_TEXT = /weasels have eaten our phone system/i;
const PASSWORD_TEXT = /please enter your new password/i;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outspoken-cli-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Options {
  readonly environment?: Record<string, string>;
  /** Where the person stands. */
  readonly folder?: string;
}

/** Starts the real program in a process of its own. Temporary files go where the test can see them. */
function start(words: readonly string[], options: Options = {}): ChildProcessWithoutNullStreams {
  const { INIT_CWD: _, ...environment } = process.env;
  const child = spawn(process.execPath, [...FROM_SOURCE, ...words], {
    cwd: options.folder ?? folder,
    env: { ...environment, NO_COLOR: '1', TMPDIR: temporaryRoot(), ...options.environment },
  });
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

function temporaryRoot(): string {
  const root = join(folder, 'temporary');
  mkdirSync(root, { recursive: true });
  return root;
}

/** Runs the program to its end. */
async function run(words: readonly string[], options: Options & { readonly stdin?: string } = {}) {
  const child = start(words, options);
  if (options.stdin === undefined) {
    child.stdin.end();
  } else {
    createReadStream(options.stdin).pipe(child.stdin);
  }
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: string) => (out += text));
  child.stderr.on('data', (text: string) => (err += text));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, out, err };
}

/** Waits for a text in what a program says, which it may go on doing. */
function said(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    stream.on('data', (part: string) => {
      text += part;
      if (pattern.test(text)) {
        resolve(text);
      }
    });
    stream.once('end', () => reject(new Error(`the program ended without ${pattern}: ${text}`)));
  });
}

function ffmpeg(...words: string[]): void {
  execFileSync(findOrInstallFfmpeg(), ['-v', 'error', '-y', ...words]);
}

test('transcribes a recording', async () => {
  const { exitCode, out, err } = await run(['transcribe', WEASELS]);
  expect(out).toMatch(WEASELS_TEXT);
  expect(err).toMatch(/^\S+tt-weasels\.wav: 0:0\d of audio in /);
  expect(exitCode).toBe(0);
});

test('transcribes files of several kinds, named relative to where the person stands', async () => {
  const calls = join(folder, 'calls');
  mkdirSync(join(calls, 'old'), { recursive: true });
  copyFileSync(WEASELS, join(calls, '1 weasels.wav'));
  ffmpeg('-i', PASSWORD, join(calls, 'old/2.mp3'));
  writeFileSync(join(calls, 'notes.txt'), 'no sound');
  // As a package manager starts it: in a folder of its own.
  const options = { folder: ROOT, environment: { INIT_CWD: folder } };
  const { exitCode, out } = await run(['transcribe', 'calls', '--recursive', '--format', 'json', '--quiet'], options);
  const documents = JSON.parse(out) as { file: string; text: string; durationMs: number; segments: { words: object[] }[] }[];
  expect(documents.map(({ file }) => file)).toEqual(['calls/1 weasels.wav', 'calls/old/2.mp3']);
  expect(documents[0]).toMatchObject({
    text: expect.stringMatching(WEASELS_TEXT),
    model: 'moonshine-tiny',
    clipPolicyId: expect.stringMatching(/^sha256:/),
    isTruncated: false,
    segments: [
      {
        startMs: expect.any(Number),
        confidence: expect.any(Number),
        words: expect.arrayContaining([expect.objectContaining({ timing: 'aligned' })]),
      },
    ],
  });
  expect(documents[1]!.text).toMatch(PASSWORD_TEXT);
  expect(exitCode).toBe(0);
});

test('reads standard input, and leaves no copy of it', async () => {
  const { exitCode, out } = await run(['transcribe', '-', '--quiet'], { stdin: WEASELS });
  expect(out).toMatch(WEASELS_TEXT);
  expect(exitCode).toBe(0);
  expect(readdirSync(temporaryRoot()).filter((name) => name.startsWith('outspoken-spool'))).toEqual([]);
});

test('reads a pipe that a shell made', async () => {
  const program = [process.execPath, ...FROM_SOURCE].map((word) => `'${word}'`).join(' ');
  const environment = { ...process.env, TMPDIR: temporaryRoot() };
  const out = execFileSync('bash', ['-c', `${program} transcribe <(cat '${WEASELS}') --quiet`], { encoding: 'utf8', env: environment });
  expect(out).toMatch(WEASELS_TEXT);
  expect(readdirSync(temporaryRoot()).filter((name) => name.startsWith('outspoken-spool'))).toEqual([]);
});

test('writes into a folder by a pattern that no shell expanded, and does not overwrite', async () => {
  const words = ['transcribe', `${dirname(PASSWORD)}/vm-n*.wav`, '--format', 'vtt', '--out', 'subtitles', '--quiet'];
  expect(await run(words)).toEqual({ exitCode: 0, out: '', err: '' });
  const results = readdirSync(join(folder, 'subtitles')).sort();
  expect(results).toEqual(['vm-newpassword.vtt', 'vm-nobodyavail.vtt', 'vm-nonumber.vtt']);
  expect(readFileSync(join(folder, 'subtitles/vm-newpassword.vtt'), 'utf8')).toMatch(/^WEBVTT\n\n00:00:00\.\d{3} --> /);
  expect(await run(words)).toMatchObject({ exitCode: 2, err: expect.stringContaining('are there already, add --force') });
  expect(await run([...words, '--skip-existing'])).toEqual({ exitCode: 0, out: '', err: '' });
});

test('ends with what happened: 1 for a file that failed, 2 for a wrong command line, 78 for a wrong setting', async () => {
  const broken = join(folder, 'broken.mp3');
  writeFileSync(broken, 'this is no sound');
  const { exitCode, out, err } = await run(['transcribe', 'broken.mp3', 'nope.wav', WEASELS, '--quiet']);
  expect(exitCode).toBe(1);
  expect(out).toMatch(WEASELS_TEXT);
  const lines = err.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines).toContainEqual('outspoken: nope.wav: there is no such file or folder, check the path');
  expect(lines).toContainEqual(expect.stringMatching(/^outspoken: broken\.mp3: .*; convert it to WAV, MP3 or Opus$/));

  expect(await run(['transcribe', WEASELS, PASSWORD, '--format', 'srt'])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('--out'),
  });
  expect(await run(['transcribe', WEASELS], { environment: { OUTSPOKEN_WORKERS: 'many' } })).toMatchObject({
    exitCode: 78,
    err: expect.stringMatching(/^outspoken: OUTSPOKEN_WORKERS must be /),
  });
});

test('stops in the middle of a long recording, keeps what is complete and leaves nothing half', async () => {
  const long = join(folder, 'long.wav');
  ffmpeg('-stream_loop', '80', '-i', fixturePath('demo-recording.wav'), long);
  const child = start(['transcribe', WEASELS, 'long.wav', '--format', 'json', '--out', 'stopped', '--jobs', '2']);
  const ended = once(child, 'exit');
  await said(child.stderr, /tt-weasels\.wav: .* of audio/);
  child.kill('SIGINT');
  const [exitCode] = (await ended) as [number];
  expect(exitCode).toBe(130);
  expect(readdirSync(join(folder, 'stopped'))).toEqual(['tt-weasels.json']);
  expect(JSON.parse(readFileSync(join(folder, 'stopped/tt-weasels.json'), 'utf8'))).toMatchObject({
    text: expect.stringMatching(WEASELS_TEXT),
  });
});

test('ends at once at the second Ctrl-C, and removes the copy of standard input', async () => {
  const child = start(['transcribe', '-', '--quiet']);
  const ended = once(child, 'exit');
  child.stdin.on('error', () => {});
  // More than any buffer holds: when it is taken, the copy has begun. The end never comes.
  await new Promise((resolve) => child.stdin.write(Buffer.alloc(4_000_000), resolve));
  child.kill('SIGINT');
  child.kill('SIGINT');
  expect(((await ended) as [number])[0]).toBe(130);
  expect(readdirSync(temporaryRoot()).filter((name) => name.startsWith('outspoken-spool'))).toEqual([]);
});

test('ends quietly when the reader of its output has enough', async () => {
  const child = start(['transcribe', dirname(WEASELS), '--format', 'jsonl', '--quiet', '--jobs', '2']);
  let err = '';
  child.stderr.on('data', (text: string) => (err += text));
  const ended = once(child, 'exit');
  await said(child.stdout, /\n/);
  child.stdout.destroy();
  expect(((await ended) as [number])[0]).toBe(0);
  expect(err).toBe('');
});

test('serves, and lets a server do the work', async () => {
  const server = start(['serve', '--port', '0', '--workers', '1', '--log-level', 'silent', '--web-root', 'none']);
  const ended = once(server, 'exit');
  const url = /http:\S+/.exec(await said(server.stdout, /outspoken is ready: http:\S+\n/))?.[0] ?? '';
  const local = JSON.parse((await run(['transcribe', PASSWORD, '--format', 'json', '--quiet'])).out) as object;
  const { exitCode, out, err } = await run(['transcribe', PASSWORD, '--format', 'json', '--quiet', '--server', url]);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  const remote = JSON.parse(out) as { segments: { words: object[] }[] };
  expect(remote).toMatchObject({ text: expect.stringMatching(PASSWORD_TEXT), model: 'moonshine-tiny', isTruncated: false });
  // What a server does not say is null; the rest is the same.
  const comparable = (document: object) =>
    JSON.parse(JSON.stringify(document), (key, value) =>
      ['speechMs', 'clipPolicyId', 'confidence', 'durationMs'].includes(key) ? undefined : (value as unknown),
    ) as object;
  expect(comparable(remote)).toEqual(comparable(local));
  server.kill('SIGTERM');
  expect(((await ended) as [number])[0]).toBe(0);
  expect(await run(['transcribe', PASSWORD, '--server', url])).toMatchObject({
    exitCode: 1,
    err: expect.stringMatching(/cannot talk to the server at http:\S+ \(ECONNREFUSED\), check the address and that it runs/),
  });
});

test('shows the settings of the server', async () => {
  expect(await run(['serve', '--help'])).toMatchObject({ exitCode: 0, out: expect.stringContaining('Usage: outspoken serve [settings]') });
  expect(await run(['serve', '--no-such-flag'])).toMatchObject({ exitCode: 78, err: expect.stringContaining('--no-such-flag') });
});

test('finds this machine fit', async () => {
  const { exitCode, out } = await run(['doctor', '--json'], { environment: { OUTSPOKEN_PORT: '0' } });
  const { checks } = JSON.parse(out) as { checks: { state: string }[] };
  expect(checks.filter(({ state }) => state === 'problem')).toEqual([]);
  expect(exitCode).toBe(0);
  const plain = await run(['doctor'], { environment: { OUTSPOKEN_PORT: '0' } });
  expect(plain.out).toMatch(/^ok {7}Node \d+/);
  expect(plain.out).not.toContain('\u001B');
});

test('finds a damaged model, and refuses bytes that are not the pinned ones', async () => {
  const cache = join(folder, 'cache');
  const environment = { OUTSPOKEN_CACHE: cache };
  const file = readModelManifest('moonshine-base').files['encoder']!;
  const path = isHubFile(file) ? cachedFilePath(file, cache) : '';
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'damaged');
  const verified = await run(['models', 'verify'], { environment });
  expect(verified).toMatchObject({ exitCode: 1, out: expect.stringContaining(`expected ${file.sha256}`) });
  expect(verified.out).toContain('moonshine-tiny encoder: present');

  const hub = createServer((_, response) => response.end('not the weights'));
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void hub.close());
  const address = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
  const pulled = await run(['models', 'pull', 'moonshine-base', '--hub', address, '--quiet'], { environment });
  expect(pulled).toMatchObject({ exitCode: 78, out: '', err: expect.stringContaining(`SHA-256 ${file.sha256}, got 15 bytes`) });
  expect(readdirSync(dirname(path))).toEqual(['encoder_model_quantized.onnx']);

  await new Promise((resolve) => hub.close(resolve));
  const offline = await run(['models', 'pull', 'moonshine-base', '--hub', address, '--quiet'], { environment });
  expect(offline).toMatchObject({
    exitCode: 1,
    err: expect.stringMatching(/^outspoken: cannot reach 127\.0\.0\.1:\d+ \(ECONNREFUSED\), check the network/),
  });
  expect(await run(['models', 'pull', 'moonshine-tiny'], { environment })).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('nothing to pull'),
  });
});

test('completes in a real bash', () => {
  const program = [process.execPath, ...FROM_SOURCE].map((word) => `'${word}'`).join(' ');
  const script = `
outspoken() { ${program} "$@"; }
source <(outspoken completion bash)
press_tab() { COMP_WORDS=(outspoken "$@"); COMP_CWORD=$#; COMPREPLY=(); _outspoken; echo "\${COMPREPLY[*]}"; }
complete -p outspoken
press_tab tra
press_tab models pull moon
press_tab transcribe --format=s 2>/dev/null || true
press_tab transcribe --format s`;
  const lines = execFileSync('bash', ['--norc', '--noprofile', '-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
  expect(lines[0]).toBe('complete -F _outspoken outspoken');
  expect(lines[1]).toBe('transcribe');
  expect(lines[2]).toBe('moonshine-tiny moonshine-base');
  expect(lines.at(-1)).toBe('srt');
});

test('starts by the command of its package, and says which version it is', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'apps/cli/package.json'), 'utf8')) as { version: string };
  const command = join(ROOT, 'apps/cli/bin/outspoken.js');
  expect(execFileSync(process.execPath, [command, '--version'], { encoding: 'utf8' })).toBe(`${version}\n`);
  expect(execFileSync(process.execPath, [command, 'models', 'list'], { encoding: 'utf8' })).toMatch(/^NAME .*\nmoonshine-tiny /);
});
