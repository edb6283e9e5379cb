import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type TranscribeOptions, transcribe } from '../src/commands/transcribe.ts';
import { createContext, temporaryFolder } from './support/context.ts';
import { startServer, VERBOSE_ANSWER } from './support/speech-server.ts';

/** A folder of files, and a server that knows a transcript for all but those that hold "broken". */
async function setUp(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content);
  }
  const context = createContext({ folder });
  const server = await startServer(({ body }, response) => {
    const isBroken = body.includes('broken');
    response.writeHead(isBroken ? 415 : 200);
    response.end(JSON.stringify(isBroken ? { error: { message: 'this is no sound file' } } : VERBOSE_ANSWER));
  });
  const run = (names: string[], options: Partial<TranscribeOptions> = {}) =>
    transcribe(names, { format: 'text', jobs: 2, server: server.url, model: 'm', ...options }, context);
  return { folder, context, server, run };
}

test('writes a transcript on standard output, and what it did on standard error', async () => {
  const { context, run } = await setUp({ 'a.wav': 'sound' });
  expect(await run(['a.wav'])).toBe(0);
  expect(context.stdout.text).toBe('Hello there. Good bye.\n');
  expect(context.stderr.lines).toEqual([expect.stringMatching(/^a\.wav: 0:04 of audio in \d+\.\d s/)]);
});

test('goes on after a file that fails, and ends with 1', async () => {
  const { context, run } = await setUp({ 'a.wav': 'broken', 'b.wav': 'sound' });
  expect(await run(['nope.wav', 'a.wav', 'b.wav'], { quiet: true })).toBe(1);
  expect(context.stdout.text).toBe('==> b.wav <==\nHello there. Good bye.\n');
  expect(context.stderr.lines).toEqual([
    'outspoken: nope.wav: there is no such file or folder, check the path',
    expect.stringMatching(/^outspoken: a\.wav: the server at http:\/\/127\.0\.0\.1:\d+ answered 415: this is no sound file$/),
  ]);
});

test('writes into a folder, once', async () => {
  const { folder, context, server, run } = await setUp({ 'a.wav': 'sound', 'b.wav': 'sound' });
  expect(await run(['a.wav', 'b.wav'], { format: 'srt', out: 'out' })).toBe(0);
  expect(context.stdout.text).toBe('');
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(['a.srt', 'b.srt']);
  expect(readFileSync(join(folder, 'out/a.srt'), 'utf8')).toMatch(/^1\n00:00:00,200 --> 00:00:01,400\nHello there\.\n/);
  await expect(run(['a.wav'], { format: 'srt', out: 'out' })).rejects.toMatchObject({ code: 'usage' });
  expect(await run(['a.wav'], { format: 'srt', out: 'out', skipExisting: true })).toBe(0);
  expect(server.seen).toHaveLength(2);
  expect(await run(['a.wav'], { format: 'srt', out: 'out', force: true })).toBe(0);
  expect(server.seen).toHaveLength(3);
});

test('begins nothing when the command line is wrong', async () => {
  const { server, run } = await setUp({ 'a.wav': 'sound', 'a.mp3': 'sound' });
  await expect(run(['a.wav', 'a.mp3'], { out: 'out' })).rejects.toMatchObject({ code: 'usage' });
  await expect(run(['a.wav', 'a.mp3'], { format: 'vtt' })).rejects.toMatchObject({ code: 'usage' });
  expect(server.seen).toEqual([]);
});

test('stops at once when the reader of the output has gone', async () => {
  const { context, server, run } = await setUp(Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`${index}.wav`, 'sound'])));
  context.stdout.failure = 'EPIPE';
  await expect(run(['*.wav'], { format: 'jsonl', jobs: 1 })).rejects.toMatchObject({ code: 'output_closed' });
  expect(server.seen).toHaveLength(1);
});

test('stops at once when the output is full', async () => {
  const { context, server, run } = await setUp({ 'a.wav': 'sound', 'b.wav': 'sound', 'c.wav': 'sound' });
  context.stdout.failure = 'ENOSPC';
  await expect(run(['*.wav'], { jobs: 1 })).rejects.toMatchObject({ code: 'output_failed' });
  expect(server.seen).toHaveLength(1);
  expect(context.stderr.text).toBe('');
});

test('says once that the server cannot be reached', async () => {
  const { context, run } = await setUp({ 'a.wav': 'sound', 'b.wav': 'sound' });
  await expect(run(['a.wav', 'b.wav'], { server: new URL('http://127.0.0.1:9'), jobs: 1 })).rejects.toMatchObject({
    code: 'server_unreachable',
  });
  expect(context.stderr.text).toBe('');
});

test('stops at a signal, keeps what is complete and leaves nothing half', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.wav'), 'first');
  writeFileSync(join(folder, 'b.wav'), 'second');
  const context = createContext({ folder });
  const { url } = await startServer(({ body }, response) => {
    if (body.includes('first')) {
      response.end(JSON.stringify(VERBOSE_ANSWER));
    } else {
      context.signals.emit('SIGINT');
    }
  });
  expect(await transcribe(['a.wav', 'b.wav'], { format: 'json', jobs: 1, server: url, model: 'm', out: 'out' }, context)).toBe(130);
  expect(readdirSync(join(folder, 'out'))).toEqual(['a.json']);
  expect(context.stderr.lines.at(-1)).toBe('outspoken: stopped, results that were complete are kept');
});

test('ends with the code of a stop when nobody hears what it says about it', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.wav'), 'sound');
  const context = createContext({ folder });
  context.stderr.failure = 'EPIPE';
  const { url } = await startServer(() => context.signals.emit('SIGINT'));
  expect(await transcribe(['a.wav'], { format: 'text', jobs: 1, server: url, model: 'm' }, context)).toBe(130);
});

test('asks for the text as the options say', async () => {
  const { server, run } = await setUp({ 'a.wav': 'sound' });
  expect(await run(['a.wav'], { numerals: 'digits', maskProfanity: true, redact: ['email'] })).toBe(0);
  const body = server.seen[0]?.body.toString('latin1') ?? '';
  for (const [name, value] of [
    ['numerals', 'digits'],
    ['profanity', 'mask'],
    ['redact[]', 'email'],
  ]) {
    expect(body).toContain(`name="${name}"\r\n\r\n${value}\r\n`);
  }
});
