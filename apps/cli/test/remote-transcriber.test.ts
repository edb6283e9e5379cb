import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textFormat } from '@outspoken/text';
import { expect, test } from 'vitest';
import { RemoteTranscriber, waitBeforeRetry } from '../src/transcriber/remote-transcriber.ts';
import type { TranscribeTask } from '../src/transcriber/transcriber.ts';
import { temporaryFolder } from './support/context.ts';
import { type SeenRequest, startServer, VERBOSE_ANSWER } from './support/speech-server.ts';

function taskOf(name = 'talk.mp3'): TranscribeTask {
  const path = join(temporaryFolder(), 'spooled');
  writeFileSync(path, 'sound');
  return { path, name, signal: new AbortController().signal, onProgress: () => {} };
}

async function formOf({ body, headers }: SeenRequest): Promise<FormData> {
  return new Response(Uint8Array.from(body), { headers: { 'content-type': headers['content-type'] ?? '' } }).formData();
}

/** A server that refuses as often as it has refusals, and then answers. */
async function startRefusing(...refusals: { status: number; headers?: Record<string, string>; message?: string }[]) {
  return startServer(({ url }, response) => {
    if (url === '/base/v1/models') {
      response.end('{"data":[{"id":"moonshine-tiny"}]}');
      return;
    }
    const refusal = refusals.shift();
    response.writeHead(refusal?.status ?? 200, refusal?.headers);
    response.end(JSON.stringify(refusal ? { error: { message: refusal.message ?? 'no' } } : VERBOSE_ANSWER));
  });
}

test('sends the file with what it asks for, and asks for the model once', async () => {
  const { url, seen } = await startRefusing();
  await using transcriber = new RemoteTranscriber({ serverUrl: url });
  const { transcript } = await transcriber.transcribe(taskOf());
  await transcriber.transcribe(taskOf('-'));
  expect(transcript).toMatchObject({ text: 'Hello there. Good bye.', model: 'moonshine-tiny' });
  expect(seen.map((request) => `${request.method} ${request.url}`)).toEqual([
    'GET /base/v1/models',
    'POST /base/v1/audio/transcriptions',
    'POST /base/v1/audio/transcriptions',
  ]);
  const form = await formOf(seen[1]!);
  expect(form.get('model')).toBe('moonshine-tiny');
  expect(form.get('response_format')).toBe('verbose_json');
  expect(form.getAll('timestamp_granularities[]')).toEqual(['segment', 'word']);
  const file = form.get('file') as File;
  expect([file.name, file.type, await file.text()]).toEqual(['talk.mp3', 'audio/mpeg', 'sound']);
  expect(((await formOf(seen[2]!)).get('file') as File).name).toBe('stdin');
});

test('asks for the model that it is told', async () => {
  const { url, seen } = await startRefusing();
  await new RemoteTranscriber({ serverUrl: url, model: 'whisper-1' }).transcribe(taskOf());
  expect(seen).toHaveLength(1);
  expect((await formOf(seen[0]!)).get('model')).toBe('whisper-1');
});

test('comes back when a busy server says so', async () => {
  const { url, seen } = await startRefusing(
    { status: 503, headers: { 'retry-after-ms': '5', 'x-should-retry': 'true' }, message: 'busy' },
    { status: 429, headers: { 'retry-after': '0' } },
  );
  const waits: [number, string][] = [];
  const transcriber = new RemoteTranscriber({ serverUrl: url, model: 'm', onWait: (waitMs, reason) => waits.push([waitMs, reason]) });
  expect((await transcriber.transcribe(taskOf())).transcript.text).toBe('Hello there. Good bye.');
  expect(waits).toEqual([
    [5, 'busy'],
    [0, 'no'],
  ]);
  expect(seen).toHaveLength(3);
});

test('gives up after so many times', async () => {
  const busy = { status: 503, headers: { 'retry-after-ms': '1' }, message: 'still busy' };
  const { url, seen } = await startRefusing(busy, busy, busy, busy);
  const transcriber = new RemoteTranscriber({ serverUrl: url, model: 'm', maximumRetries: 2 });
  await expect(transcriber.transcribe(taskOf())).rejects.toMatchObject({
    code: 'server_refused',
    message: `the server at ${url.origin} answered 503: still busy`,
  });
  expect(seen).toHaveLength(3);
});

test('does not ask again what will not change', async () => {
  const { url, seen } = await startRefusing({ status: 415, message: 'send one of: WAV' });
  await expect(new RemoteTranscriber({ serverUrl: url, model: 'm' }).transcribe(taskOf())).rejects.toMatchObject({
    code: 'server_refused',
    message: expect.stringContaining('answered 415: send one of: WAV'),
  });
  expect(seen).toHaveLength(1);
});

test.each([
  [503, {}, 1, 2000],
  [503, { 'retry-after': '3' }, 0, 3000],
  [503, { 'retry-after': '3', 'retry-after-ms': '2500' }, 0, 2500],
  [503, { 'x-should-retry': 'false', 'retry-after': '3' }, 0, undefined],
  [429, { 'retry-after': '3600' }, 0, undefined],
  [400, {}, 0, undefined],
  [400, { 'x-should-retry': 'true' }, 0, 1000],
  [503, { 'retry-after': 'tomorrow' }, 0, 1000],
])('waits after %d with %j', (status, headers, retries, waitMs) => {
  expect(waitBeforeRetry({ status, headers, text: '' }, retries)).toBe(waitMs);
});

test.each(['', '/', '/v1', '/v1/'])('takes the address as other clients want it: %j at its end', async (end) => {
  const { url, seen } = await startRefusing();
  await using transcriber = new RemoteTranscriber({ serverUrl: new URL(`${url.href}${end}`), model: 'moonshine-tiny' });
  await transcriber.transcribe(taskOf());
  expect(seen.map((request) => request.url)).toEqual(['/base/v1/audio/transcriptions']);
});

test('says what is expected, if anything is', async () => {
  const { url, seen } = await startServer((_request, response) => response.end(JSON.stringify(VERBOSE_ANSWER)));
  await new RemoteTranscriber({ serverUrl: url, model: 'm', keywords: ['Hale', 'rigor mortis'] }).transcribe(taskOf());
  await new RemoteTranscriber({ serverUrl: url, model: 'm' }).transcribe(taskOf());
  expect((await formOf(seen[0]!)).get('keywords')).toBe('Hale\nrigor mortis');
  expect([...(await formOf(seen[1]!)).keys()]).not.toContain('keywords');
});

test('asks for the form of the text, and writes it so even when the server does not', async () => {
  const { url, seen } = await startServer((_request, response) => {
    response.end(JSON.stringify({ ...VERBOSE_ANSWER, text: 'pin 4319', segments: [], words: [] }));
  });
  const format = textFormat({ numerals: 'digits', profanity: 'mask', redact: ['digits', 'email'] });
  const transcriber = new RemoteTranscriber({ serverUrl: url, model: 'm', textFormat: format });
  expect((await transcriber.transcribe(taskOf())).transcript.text).toBe('pin [digits]');
  const form = await formOf(seen[0]!);
  expect([form.get('numerals'), form.get('profanity'), form.getAll('redact[]')]).toEqual(['digits', 'mask', ['digits', 'email']]);
  await new RemoteTranscriber({ serverUrl: url, model: 'm' }).transcribe(taskOf());
  expect([...(await formOf(seen[1]!)).keys()]).not.toContain('numerals');
});
