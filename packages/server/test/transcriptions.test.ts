import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { FileReaderError } from '../src/dispatch/file-reader.ts';
import { formOf, startFileServer, wavBytes } from './support/file-server.ts';

const FIELDS: [string, string][] = [['model', 'fake']];

test.each([
  ['json', 'application/json; charset=utf-8', /^\{"text":"word 1. word 2.","usage":\{"type":"duration","seconds":2\}\}$/],
  ['text', 'text/plain; charset=utf-8', /^word 1\. word 2\.\n$/],
  ['srt', 'application/x-subrip; charset=utf-8', /^1\n00:00:00,100 --> /],
  ['vtt', 'text/vtt; charset=utf-8', /^WEBVTT\n\n00:00:00\.100 --> /],
  ['verbose_json', 'application/json; charset=utf-8', /^\{"task":"transcribe","language":"english","duration":2,/],
])('answers in the form %s, which no cache keeps', async (format, type, body) => {
  const { post, spooled, metrics, readers } = await startFileServer();
  const response = await post(formOf(wavBytes(2_000), [...FIELDS, ['response_format', format]]));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(type);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await response.text()).toMatch(body);
  expect(await spooled()).toEqual([]);
  expect(readers.openFiles).toBe(0);
  expect(metrics.count('uploadReceived')).toBe(1);
  expect(metrics.count('requestFinished')).toBe(0);
  expect(metrics.calls.find(([name]) => name === 'fileFinished')?.[1]).toMatchObject({ protocol: 'openai', outcome: 'ok' });
});

test('the fields may come before the file or after it', async () => {
  const { base } = await startFileServer();
  const form = new FormData();
  form.append('model', 'fake');
  form.append('file', new Blob([wavBytes(1_000)]), 'speech.wav');
  form.append('response_format', 'text');
  const response = await fetch(`${base}/v1/audio/transcriptions`, { method: 'POST', body: form });
  expect(await response.text()).toBe('word 1.\n');
});

test('what the fields before the file forbid is refused before the file is read', async () => {
  const { base, readers, metrics } = await startFileServer();
  const form = new FormData();
  form.append('model', 'whisper-1');
  form.append('file', new Blob([wavBytes(1_000)]), 'speech.wav');
  const response = await fetch(`${base}/v1/audio/transcriptions`, { method: 'POST', body: form });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: 'model_not_found', param: 'model' } });
  expect(readers.openedFiles).toBe(0);
  expect(metrics.calls.find(([name]) => name === 'uploadReceived')?.[1]).toBe(0);
  expect([metrics.count('rejected', 'unknown_model'), metrics.count('requestFinished', 'openai', 'rejected')]).toEqual([1, 1]);
});

const FILE_FAILURES: [string, number, string, boolean][] = [
  ['unsupported_media', 415, 'invalid_request_error', false],
  ['media_damaged', 400, 'invalid_request_error', false],
  ['media_empty', 400, 'invalid_request_error', false],
  ['media_too_long', 413, 'invalid_request_error', false],
  ['media_too_complex', 400, 'invalid_request_error', false],
  ['reader_failed', 422, 'invalid_request_error', false],
  ['readers_busy', 503, 'server_error', true],
];

test.each(FILE_FAILURES)('a file that is %s is answered with %i, streamed or not', async (code, status, type, isRetryable) => {
  const { post, readers, spooled, metrics } = await startFileServer();
  readers.failure = new FileReaderError(code as 'media_damaged', 'the words of the reader');
  for (const stream of ['false', 'true']) {
    const response = await post(formOf(wavBytes(1_000), [...FIELDS, ['stream', stream]]));
    expect(response.status).toBe(status);
    expect(response.headers.get('x-should-retry')).toBe(String(isRetryable));
    expect(response.headers.has('retry-after')).toBe(isRetryable);
    expect(response.headers.has('retry-after-ms')).toBe(isRetryable);
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
    expect(error).toMatchObject({ code, type, param: isRetryable ? null : 'file' });
  }
  expect(await spooled()).toEqual([]);
  // Counted once for each file, by the transcriber.
  expect(metrics.count('rejected', code)).toBe(2);
  expect(metrics.count('requestFinished')).toBe(0);
});

test('a type that cannot be decoded is told what can', async () => {
  const { post } = await startFileServer();
  const response = await post(formOf(Uint8Array.from([1, 2, 3])));
  expect(response.status).toBe(415);
  expect((await response.json()) as object).toMatchObject({ error: { message: expect.stringMatching(/send one of: .*(wav|WAV).*mp3/i) } });
});

test.each<[string, (base: string) => Promise<Response>, number, string]>([
  ['JSON', (base) => send(base, '{}', 'application/json'), 415, 'unsupported_content_type'],
  ['no body', (base) => fetch(`${base}/v1/audio/transcriptions`, { method: 'POST' }), 415, 'unsupported_content_type'],
  ['a form without a boundary', (base) => send(base, 'x', 'multipart/form-data'), 400, 'bad_upload'],
  ['a form that is none', (base) => send(base, 'nothing of a form', 'multipart/form-data; boundary=b'), 400, 'upload_incomplete'],
  ['an empty form', (base) => send(base, '--b--\r\n', 'multipart/form-data; boundary=b'), 400, 'bad_upload'],
  ['a form that stops', (base) => send(base, `${PART_HEAD}RIFF`, 'multipart/form-data; boundary=b'), 400, 'upload_incomplete'],
  ['a form without a file', (base) => sendForm(base, formOf(undefined)), 400, 'bad_upload'],
  ['a file that is a text', (base) => sendForm(base, formOf(undefined, [...FIELDS, ['file', 'speech.wav']])), 400, 'bad_upload'],
  ['two files', (base) => sendForm(base, twoFiles('file', 'file')), 400, 'bad_upload'],
  ['a file beside the file', (base) => sendForm(base, twoFiles('file', 'other')), 400, 'bad_upload'],
  ['a file of another name', (base) => sendForm(base, twoFiles('audio')), 400, 'bad_upload'],
  ['too many fields', (base) => sendForm(base, formOf(wavBytes(100), Array(70).fill(['x', 'y']))), 400, 'bad_upload'],
  ['a field that is too long', (base) => sendForm(base, formOf(wavBytes(100), [['prompt', 'x'.repeat(70_000)]])), 400, 'bad_upload'],
  ['a name that is too long', (base) => sendForm(base, formOf(wavBytes(100), [['x'.repeat(200), '1']])), 400, 'bad_upload'],
  ['a name of the language', (base) => sendForm(base, formOf(wavBytes(100), [['__proto__', '1']])), 400, 'bad_upload'],
  ['no model', (base) => sendForm(base, formOf(wavBytes(100), [])), 400, 'missing_required_parameter'],
  ['an unknown model', (base) => sendForm(base, formOf(wavBytes(100), [['model', 'whisper-1']])), 404, 'model_not_found'],
  ['another language', (base) => sendForm(base, formOf(wavBytes(100), [...FIELDS, ['language', 'de']])), 400, 'unsupported_value'],
  ['a translation', (base) => sendForm(base, formOf(wavBytes(100)), 'translations'), 400, 'unsupported_operation'],
  ['an unknown address', (base) => sendForm(base, formOf(wavBytes(100)), 'speech'), 404, 'not_found'],
])('%s is refused with all four fields, and nothing is left on the disk', async (_name, request, status, code) => {
  const { base, spooled, readers, post } = await startFileServer();
  const response = await request(base);
  expect(response.status).toBe(status);
  expect(response.headers.get('x-should-retry')).toBe('false');
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type']);
  expect(error).toMatchObject({ type: 'invalid_request_error', code });
  expect(await spooled()).toEqual([]);
  expect(readers.openFiles).toBe(0);
  expect((await post(formOf(wavBytes(1_000)))).status).toBe(200);
});

test.each([
  ['__proto__', 'x', '', /leave it out/],
  ['constructor', 'x', '', /leave it out/],
  ['prompt', '{"a":', 'content-type: application/json\r\n', /is JSON and is not/],
])('a form is told what is wrong with its field %s', async (name, value, head, message) => {
  const { base } = await startFileServer();
  const field = `--b\r\ncontent-disposition: form-data; name="${name}"\r\n${head}\r\n${value}\r\n--b--\r\n`;
  const response = await send(base, field, 'multipart/form-data; boundary=b');
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'bad_upload', message: expect.stringMatching(message) } });
});

test('a compressed form is refused before it is read, one with the encoding identity is not', async () => {
  const { base } = await startFileServer();
  const answerTo = (encoding: string) =>
    fetch(`${base}/v1/audio/transcriptions`, { method: 'POST', body: formOf(wavBytes(1_000)), headers: { 'content-encoding': encoding } });
  const response = await answerTo('gzip');
  expect(response.status).toBe(415);
  expect(await response.json()).toMatchObject({
    error: { code: 'unsupported_content_type', message: expect.stringContaining('uncompressed') },
  });
  expect((await answerTo('identity')).status).toBe(200);
});

const PART_HEAD = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n';

function send(base: string, body: string, type: string): Promise<Response> {
  return fetch(`${base}/v1/audio/transcriptions`, { method: 'POST', body, headers: { 'content-type': type } });
}

function sendForm(base: string, body: FormData, operation = 'transcriptions'): Promise<Response> {
  return fetch(`${base}/v1/audio/${operation}`, { method: 'POST', body });
}

function twoFiles(...names: string[]): FormData {
  const form = new FormData();
  for (const name of names) form.append(name, new Blob([wavBytes(100)]), 'speech.wav');
  form.append('model', 'fake');
  return form;
}

test.each(['GET', 'PUT', 'DELETE'])('%s is no method of transcriptions, and is told so in the same shape', async (method) => {
  const { base } = await startFileServer();
  const response = await fetch(`${base}/v1/audio/transcriptions`, { method });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: 'not_found', type: 'invalid_request_error', param: null } });
});

test.each(['POST /v1/models', 'DELETE /v1/models/fake', 'GET /v1/audio', 'GET /v1/audio/speech'])(
  '%s is answered in the same shape',
  async (what) => {
    const { base } = await startFileServer();
    const [method = '', path = ''] = what.split(' ');
    const response = await fetch(`${base}${path}`, { method });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'not_found', type: 'invalid_request_error', param: null } });
  },
);

test('an address that cannot be decoded is refused in the same shape', async () => {
  const { base } = await startFileServer({ basePath: '/speech' });
  const response = await fetch(`${base}/v1/models/%ff`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', param: null } });
});

test('a fault of ours tells nothing of the inside and may be tried again', async () => {
  const { post, scheduler } = await startFileServer();
  scheduler.admit = () => {
    throw new Error('secret path /inside/the/server');
  };
  const response = await post(formOf(wavBytes(100)));
  expect(response.status).toBe(500);
  expect([response.headers.get('x-should-retry'), response.headers.get('retry-after')]).toEqual(['true', '1']);
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ error: { type: 'server_error', code: 'internal' } });
  expect(text).not.toContain('secret');
});

test('a file larger than one may be is refused by its stated length, before it is sent', async () => {
  const { base, metrics } = await startFileServer({ files: { maximumUploadBytes: 100_000, maximumSpoolBytes: 200_000 } });
  const response = await sendForm(base, formOf(new Uint8Array(3_000_000)));
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ error: { code: 'upload_too_large', param: 'file' } });
  expect(metrics.count('uploadReceived')).toBe(0);
  expect(metrics.count('rejected', 'upload_too_large')).toBe(1);
});

test('a file larger than one may be is refused at the byte where it is', async () => {
  const { base, spooled } = await startFileServer({ files: { maximumUploadBytes: 100_000, maximumSpoolBytes: 200_000 } });
  const exact = formOf(wavBytes(1_000));
  const response = await sendForm(base, formOf(new Uint8Array(100_001)));
  expect(response.status).toBe(413);
  expect(await spooled()).toEqual([]);
  expect((await sendForm(base, exact)).status).toBe(200);
});

test('what there is no room for is told to come back, before it is sent', async () => {
  const { post, dispatcher, base, scheduler, drain, metrics } = await startFileServer({ files: { maximumUploads: 1 } });
  const ask = async (): Promise<unknown[]> => {
    const response = await post(formOf(wavBytes(1_000)));
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    const wait = Number(response.headers.get('retry-after-ms'));
    expect(Number(response.headers.get('retry-after'))).toBe(Math.max(1, Math.ceil(wait / 1000)));
    return [response.status, response.headers.get('x-should-retry'), error['code'], error['type'], wait > 0];
  };
  dispatcher.slots = 0;
  expect(await ask()).toEqual([503, 'true', 'overloaded', 'server_error', true]);
  dispatcher.slots = 2;
  scheduler.admit = () => ({ admitted: false, reason: 'overloaded', retryAfterMs: 2_500 });
  expect(await ask()).toEqual([503, 'true', 'overloaded', 'server_error', true]);
  Reflect.deleteProperty(scheduler, 'admit');
  dispatcher.isHeld = true;
  const controller = new AbortController();
  const held = post(formOf(wavBytes(1_000)), { signal: controller.signal }).catch(() => undefined);
  await expect.poll(() => dispatcher.running).toBe(1);
  expect(await ask()).toEqual([503, 'true', 'too_many_uploads', 'server_error', true]);
  controller.abort();
  await held;
  await drain(0);
  expect(await ask()).toEqual([503, 'true', 'draining', 'server_error', true]);
  expect((await fetch(`${base}/v1/models`)).status).toBe(200);
  expect(metrics.count('uploadReceived')).toBe(1);
});

test('pages of listed origins may send whatever headers they need and read every answer; others get none', async () => {
  const { base, post } = await startFileServer({ allowedOrigins: ['https://app.example'] });
  const headers = 'authorization, content-type, x-stainless-lang, x-stainless-retry-count';
  const preflight = (origin: string) =>
    fetch(`${base}/v1/audio/transcriptions`, { method: 'OPTIONS', headers: { origin, 'access-control-request-headers': headers } });
  const allowed = await preflight('https://app.example');
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-headers')).toBe(headers);
  expect(allowed.headers.get('access-control-allow-methods')).toContain('POST');
  expect((await preflight('https://evil.test')).status).toBe(403);
  const granted = await post(formOf(wavBytes(1_000)), { headers: { origin: 'https://app.example' } });
  expect(granted.headers.get('access-control-allow-origin')).toBe('https://app.example');
  const refused = await post(formOf(undefined), { headers: { origin: 'https://app.example' } });
  expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example');
  for (const name of ['x-request-id', 'x-should-retry', 'retry-after-ms']) {
    expect(refused.headers.get('access-control-expose-headers')).toContain(name);
  }
  const foreign = await post(formOf(wavBytes(1_000)), { headers: { origin: 'https://evil.test' } });
  expect(foreign.status).toBe(403);
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  expect(await foreign.json()).toMatchObject({ error: { code: 'origin_not_allowed', type: 'invalid_request_error', param: null } });
});

test('without readers the door is no address at all', async () => {
  const { base } = await startFileServer({ fileReaders: undefined } as object);
  const response = await fetch(`${base}/v1/models`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: 'not_found', retryable: false } });
});

test('the models are listed and described, none while no worker has loaded one', async () => {
  const { base, dispatcher, clock } = await startFileServer({ basePath: '/speech' });
  const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: 'none' });
  const model = { id: 'fake', object: 'model', created: Math.floor(clock.wallMs() / 1000), owned_by: 'outspoken' };
  expect((await client.models.list()).data).toEqual([model]);
  expect(await client.models.retrieve('fake')).toEqual(model);
  await expect(client.models.retrieve('whisper-1')).rejects.toMatchObject({ status: 404, code: 'model_not_found', param: 'model' });
  dispatcher.slots = 0;
  expect((await client.models.list()).data).toEqual([]);
});

const REDACTED: [string, [string, string][], RegExp][] = [
  ['json with probabilities', [['include[]', 'logprobs']], /^\{"text":"pin \[digits\] \[digits\]","logprobs":\[\],/],
  ['text', [['response_format', 'text']], /^pin \[digits\] \[digits\]\n$/],
  ['srt', [['response_format', 'srt']], /\n\[digits\]\n/],
  ['vtt', [['response_format', 'vtt']], /\n\[digits\]\n/],
  [
    'verbose_json',
    [
      ['response_format', 'verbose_json'],
      ['timestamp_granularities[]', 'word'],
      ['timestamp_granularities[]', 'segment'],
    ],
    /"word":"\[digits\]"/,
  ],
  ['events', [['stream', 'true']], /"delta":"pin \[digits\]"[\s\S]*"text":"pin \[digits\] \[digits\]"/],
];

test.each(REDACTED)('%s hold what is redacted in no place', async (_name, fields, body) => {
  const { post, dispatcher } = await startFileServer();
  // The second clip goes on with the digits of the first.
  const answers = ['pin 43198', '43198 77'];
  Object.defineProperty(dispatcher, 'text', { get: () => answers.shift() });
  const text = await (await post(formOf(wavBytes(2_000), [...FIELDS, ['redact', 'digits'], ...fields]))).text();
  expect(text).toMatch(body);
  expect(text).not.toMatch(/4319|77/);
});

test('a form of the text that there is not is refused by name', async () => {
  const { post } = await startFileServer();
  const response = await post(formOf(wavBytes(1_000), [...FIELDS, ['numerals', 'roman']]));
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'invalid_value', param: 'numerals' } });
});
