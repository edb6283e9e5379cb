import { createReadStream, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWav } from '@outspoken/audio';
import { countWordErrors, errorRatio, sumErrors, WHISPER_ENGLISH } from '@outspoken/evaluation';
import OpenAI, { APIError, APIUserAbortError, BadRequestError, NotFoundError, toFile } from 'openai';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchHeadless } from './support/chromium.ts';
import { demoCues, fixturePath, readSpeech, speechFixtures } from './support/fixtures.ts';
import { ServerProcess } from './support/server-process.ts';

const MODEL = 'moonshine-tiny';
const DEMO = fixturePath('demo-recording.wav');
const DEMO_TEXT = demoCues()
  .map(({ text }) => text)
  .join(' ');
/** Word errors of the demo recording and of all fixtures that a change may not pass; 0.038 and 0.059 were measured on 2026-11-25. */
const MAXIMUM_DEMO_ERROR_RATIO = 0.06;
const MAXIMUM_ERROR_RATIO = 0.08;
const MAXIMUM_UPLOAD_BYTES = 50_000_000;

let server: ServerProcess;
let client: OpenAI;
let spoolFolder: string;

beforeAll(async () => {
  spoolFolder = await mkdtemp(join(tmpdir(), 'outspoken-openai-'));
  const flags = ['--spool-folder', spoolFolder, '--maximum-upload-bytes', String(MAXIMUM_UPLOAD_BYTES), '--log-level', 'info'];
  server = await ServerProcess.start(flags);
  client = new OpenAI({ baseURL: `${server.url}v1`, apiKey: 'canary-key', maxRetries: 0 });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(spoolFolder, { recursive: true, force: true });
});

const demo = () => createReadStream(DEMO);

async function eventsOf<Event>(stream: AsyncIterable<Event>): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** Names of the uploads on the disk. */
async function spooled(): Promise<string[]> {
  return (await readdir(spoolFolder, { recursive: true })).filter((name) => name.includes('upload-'));
}

/** The figures of the server that say whether it works on a file. */
async function activity(): Promise<number[]> {
  const metrics = await server.metrics();
  return ['outspoken_files_active', 'outspoken_queue_depth{lane="file"}'].map((name) => metrics.get(name) ?? Number.NaN);
}

function demoErrorRatio(text: string): number {
  return errorRatio(countWordErrors(DEMO_TEXT, text, WHISPER_ENGLISH));
}

describe('transcriptions', () => {
  test('json: the text, and what it cost', async () => {
    const { text, usage } = await client.audio.transcriptions.create({ file: demo(), model: MODEL });
    expect(demoErrorRatio(text)).toBeLessThan(MAXIMUM_DEMO_ERROR_RATIO);
    const seconds = readSpeech(DEMO).length / 16_000;
    expect(usage).toEqual({ type: 'duration', seconds: expect.closeTo(seconds, 2) });
  });

  test('every fixture, within its word errors', async () => {
    const fixtures = speechFixtures();
    const heard = await Promise.all(
      fixtures.map(({ path }) => client.audio.transcriptions.create({ file: createReadStream(path), model: MODEL })),
    );
    const errors = fixtures.map(({ text }, index) => countWordErrors(text, heard[index]!.text, WHISPER_ENGLISH));
    expect(errorRatio(sumErrors(errors))).toBeLessThan(MAXIMUM_ERROR_RATIO);
  });

  test('text, srt and vtt are texts', async () => {
    const text = (await client.audio.transcriptions.create({ file: demo(), model: MODEL, response_format: 'text' })) as unknown as string;
    expect(text).toMatch(/^\S.*\n$/);
    expect(demoErrorRatio(text)).toBeLessThan(MAXIMUM_DEMO_ERROR_RATIO);
    const srt = (await client.audio.transcriptions.create({ file: demo(), model: MODEL, response_format: 'srt' })) as unknown as string;
    expect(srt).toMatch(/^1\n\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}\n\S/);
    expect(srt.split('\n\n').length).toBeGreaterThan(demoCues().length / 2);
    const vtt = (await client.audio.transcriptions.create({ file: demo(), model: MODEL, response_format: 'vtt' })) as unknown as string;
    expect(vtt).toMatch(/^WEBVTT\n\n\d\d:\d\d:\d\d\.\d{3} --> /);
  });

  test('verbose_json: segments in order that lie where they were spoken', async () => {
    const answer = await client.audio.transcriptions.create({ file: demo(), model: MODEL, response_format: 'verbose_json' });
    expect(answer).toMatchObject({ task: 'transcribe', language: 'english' });
    expect(answer.words).toBeUndefined();
    const segments = answer.segments ?? [];
    expect(segments.map(({ text }) => text).join(' ')).toBe(answer.text);
    let lastEnd = 0;
    for (const [index, segment] of segments.entries()) {
      expect(segment.id).toBe(index);
      expect(segment.start).toBeGreaterThanOrEqual(lastEnd);
      expect(segment.end).toBeGreaterThan(segment.start);
      expect(segment.avg_logprob).toBeLessThanOrEqual(0);
      expect(segment.compression_ratio).toBeGreaterThan(0);
      expect(segment.no_speech_prob).toBeGreaterThanOrEqual(0);
      expect(segment.tokens.length).toBeGreaterThan(0);
      expect('confidence' in segment && Number(segment.confidence) > 0.5 && Number(segment.confidence) < 1).toBe(true);
      lastEnd = segment.end;
    }
    expect(answer.duration).toBeGreaterThanOrEqual(lastEnd);
    // The first prompt begins within the half second that is kept before speech.
    expect(Math.abs(segments[0]!.start * 1000 - demoCues()[0]!.startMs)).toBeLessThan(500);
  });

  test.each([
    [['word'], false, true],
    [['segment'], true, false],
    [['word', 'segment'], true, true],
  ] as const)('granularities %j', async (granularities, hasSegments, hasWords) => {
    const answer = await client.audio.transcriptions.create({
      file: demo(),
      model: MODEL,
      response_format: 'verbose_json',
      timestamp_granularities: [...granularities],
    });
    expect([answer.segments !== undefined, answer.words !== undefined]).toEqual([hasSegments, hasWords]);
    if (!hasWords) return;
    const words = answer.words ?? [];
    expect(words.map(({ word }) => word).join(' ')).toBe(answer.text);
    expect(words.every((word) => 'timing' in word && word.timing === 'aligned')).toBe(true);
    const confidences = words.map((word) => ('confidence' in word ? Number(word.confidence) : Number.NaN));
    expect(confidences.every((confidence) => confidence > 0 && confidence < 1)).toBe(true);
    // Calibrated: about as many words are right as they say.
    const mean = confidences.reduce((sum, confidence) => sum + confidence, 0) / confidences.length;
    expect(Math.abs(1 - demoErrorRatio(answer.text) - mean)).toBeLessThan(0.1);
    const times = words.flatMap(({ start, end }) => [start, end]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('logprobs: the tokens are the text', async () => {
    const { text, logprobs } = await client.audio.transcriptions.create({ file: demo(), model: MODEL, include: ['logprobs'] });
    const tokens = logprobs ?? [];
    expect(tokens.map(({ token }) => token).join('')).toContain(text.split(' ').at(-1));
    expect(tokens.every(({ logprob }) => logprob !== undefined && logprob <= 0)).toBe(true);
    expect(Buffer.from(tokens.flatMap(({ bytes }) => bytes ?? [])).toString()).toBe(tokens.map(({ token }) => token).join(''));
    // The same figures as the averages of the segments, though not the same as the calibrated confidences.
    const { segments = [] } = await client.audio.transcriptions.create({ file: demo(), model: MODEL, response_format: 'verbose_json' });
    const ofSegments = segments.reduce((sum, segment) => sum + segment.avg_logprob * segment.tokens.length, 0);
    expect(tokens.reduce((sum, { logprob = 0 }) => sum + logprob, 0)).toBeCloseTo(ofSegments, 6);
  });

  test.each(['json', 'text'] as const)('stream as %s: deltas that together are the text, and one done', async (format) => {
    const stream = await client.audio.transcriptions.create({
      file: demo(),
      model: MODEL,
      response_format: format,
      stream: true,
      ...(format === 'json' ? { include: ['logprobs' as const] } : {}),
    });
    const events = await eventsOf(stream);
    const deltas = events.filter((event) => event.type === 'transcript.text.delta');
    const [done, ...others] = events.filter((event) => event.type === 'transcript.text.done');
    expect(deltas.length).toBeGreaterThan(1);
    expect(others).toEqual([]);
    expect(events.at(-1)).toBe(done);
    expect(deltas.map(({ delta }) => delta).join('')).toBe(done?.text);
    expect(demoErrorRatio(done!.text)).toBeLessThan(MAXIMUM_DEMO_ERROR_RATIO);
    expect(done?.usage).toMatchObject({ type: 'duration', seconds: expect.closeTo(readSpeech(DEMO).length / 16_000, 2) });
    expect((done?.logprobs?.length ?? 0) > 0).toBe(format === 'json');
  });

  test('everything that the client can send beside is taken', async () => {
    const { text } = await client.audio.transcriptions.create({
      file: await toFile(readFileSync(speechFixtures()[0]!.path), 'speech.wav', { type: 'audio/wav' }),
      model: MODEL,
      language: 'en',
      prompt: 'Names: Allison',
      temperature: 0.2,
      chunking_strategy: { type: 'server_vad', threshold: 0.5, prefix_padding_ms: 200, silence_duration_ms: 300 },
      known_speaker_names: ['Allison'],
    });
    expect(text).toMatch(/weasels/i);
  });

  test('a prompt says what to expect', async () => {
    const file = async () =>
      toFile(readFileSync(fixturePath('speech/confbridge-only-participant.wav')), 'speech.wav', { type: 'audio/wav' });
    const hear = async (prompt: string) => (await client.audio.transcriptions.create({ file: await file(), model: MODEL, prompt })).text;
    expect(await hear('')).not.toMatch(/in the conference/);
    expect(await hear('the conference, Thornton')).toMatch(/participant in the conference/);
  });

  test('silence is an empty text', async () => {
    const silence = await toFile(writeWav([new Float32Array(32_000)], { sampleRateHz: 16_000 }), 'silence.wav');
    expect(await client.audio.transcriptions.create({ file: silence, model: MODEL })).toMatchObject({ text: '' });
    expect(await client.audio.transcriptions.create({ file: silence, model: MODEL, response_format: 'srt' })).toBe('');
    expect(await client.audio.transcriptions.create({ file: silence, model: MODEL, response_format: 'vtt' })).toBe('WEBVTT\n\n');
    const events = await eventsOf(await client.audio.transcriptions.create({ file: silence, model: MODEL, stream: true }));
    expect(events).toMatchObject([{ type: 'transcript.text.done', text: '' }]);
  });

  test('a long file comes in order and leaves nothing on the disk', async () => {
    const speech = readSpeech(DEMO);
    const times = 12;
    const long = new Float32Array(speech.length * times);
    for (let i = 0; i < times; i += 1) long.set(speech, i * speech.length);
    const file = await toFile(writeWav([long], { sampleRateHz: 16_000 }), 'long.wav');
    const answer = await client.audio.transcriptions.create({ file, model: MODEL, response_format: 'verbose_json' });
    expect(answer.duration).toBeCloseTo(long.length / 16_000, 1);
    expect(errorRatio(countWordErrors(Array(times).fill(DEMO_TEXT).join(' '), answer.text, WHISPER_ENGLISH))).toBeLessThan(
      MAXIMUM_DEMO_ERROR_RATIO,
    );
    expect(await spooled()).toEqual([]);
  });
});

describe('failures', () => {
  const speech = async () => toFile(readFileSync(speechFixtures()[0]!.path), 'speech.wav');
  const ID = /^[0-9a-f-]{36}$/;

  test('an unknown model', async () => {
    const failure = client.audio.transcriptions.create({ file: await speech(), model: 'whisper-1' });
    await expect(failure).rejects.toBeInstanceOf(NotFoundError);
    await expect(failure).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
      type: 'invalid_request_error',
      requestID: expect.stringMatching(ID),
    });
  });

  test.each<[string, Partial<OpenAI.Audio.TranscriptionCreateParams>, string, string]>([
    ['another language', { language: 'de' }, 'unsupported_value', 'language'],
    ['speakers told apart', { response_format: 'diarized_json' }, 'unsupported_value', 'response_format'],
    ['too warm', { temperature: 2 }, 'invalid_value', 'temperature'],
    ['times without verbose_json', { timestamp_granularities: ['word'] }, 'invalid_value', 'timestamp_granularities'],
    ['logprobs of subtitles', { response_format: 'srt', include: ['logprobs'] }, 'invalid_value', 'include'],
    ['a stream of subtitles', { response_format: 'vtt', stream: true }, 'unsupported_value', 'response_format'],
  ])('%s', async (_name, more, code, param) => {
    const request = { file: await speech(), model: MODEL, ...more } as OpenAI.Audio.TranscriptionCreateParamsNonStreaming;
    const failure = client.audio.transcriptions.create(request);
    await expect(failure).rejects.toBeInstanceOf(BadRequestError);
    await expect(failure).rejects.toMatchObject({
      status: 400,
      code,
      param,
      type: 'invalid_request_error',
      requestID: expect.stringMatching(ID),
    });
  });

  test('translations', async () => {
    const failure = client.audio.translations.create({ file: await speech(), model: MODEL });
    await expect(failure).rejects.toMatchObject({ status: 400, code: 'unsupported_operation' });
  });

  test.each<[string, () => Uint8Array, number, string, object]>([
    ['no sound file', () => Buffer.from('just a text, of no kind that holds sound'), 415, 'unsupported_media', APIError],
    ['nothing at all', () => new Uint8Array(0), 400, 'media_empty', BadRequestError],
    ['a file without sound', () => writeWav([new Float32Array(0)], { sampleRateHz: 16_000 }), 400, 'media_empty', BadRequestError],
  ])('%s, streamed or not', async (_name, bytes, status, code, type) => {
    for (const stream of [false, true]) {
      const file = await toFile(bytes(), 'speech.wav');
      const failure = client.audio.transcriptions.create({
        file,
        model: MODEL,
        stream,
      } as OpenAI.Audio.TranscriptionCreateParamsNonStreaming);
      await expect(failure).rejects.toBeInstanceOf(type);
      await expect(failure).rejects.toMatchObject({ status, code, param: 'file', type: 'invalid_request_error' });
    }
  });

  test('a file larger than the server takes', async () => {
    const file = await toFile(Buffer.alloc(MAXIMUM_UPLOAD_BYTES + 2_000_000), 'large.wav');
    await expect(client.audio.transcriptions.create({ file, model: MODEL })).rejects.toMatchObject({
      status: 413,
      code: 'upload_too_large',
      param: 'file',
    });
    expect(await spooled()).toEqual([]);
  });

  test('the client tries again when and as the server says, and not otherwise', async () => {
    // The first try goes to a server without room.
    const busy = await startBusyServer();
    const seen: number[] = [];
    const throughCounter = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
      // The client first finds out what kind of `fetch` it has been given.
      if (!String(url).startsWith('http')) return fetch(url, init);
      const answer = await fetch(seen.length === 0 ? String(url).replace(server.url, busy.url) : url, init);
      seen.push(answer.status);
      return answer;
    };
    const retrying = new OpenAI({ baseURL: `${server.url}v1`, apiKey: 'none', maxRetries: 2, fetch: throughCounter });
    const startedMs = performance.now();
    expect((await retrying.audio.transcriptions.create({ file: await speech(), model: MODEL })).text).toMatch(/weasels/i);
    expect(seen).toEqual([503, 200]);
    // What Retry-After said; without it the client comes back within half a second.
    expect(performance.now() - startedMs).toBeGreaterThan(1_900);
    await expect(retrying.audio.transcriptions.create({ file: await speech(), model: 'whisper-1' })).rejects.toBeInstanceOf(NotFoundError);
    expect(seen).toEqual([503, 200, 404]);
    await busy.close();
  });

  test('a client that gives up stops the work and leaves nothing behind', async () => {
    const speechOnce = readSpeech(DEMO);
    const long = new Float32Array(speechOnce.length * 12);
    for (let i = 0; i < 12; i += 1) long.set(speechOnce, i * speechOnce.length);
    const bytes = writeWav([long], { sampleRateHz: 16_000 });
    const controller = new AbortController();
    const waiting = client.audio.transcriptions.create(
      { file: await toFile(bytes, 'long.wav'), model: MODEL },
      { signal: controller.signal },
    );
    await expect.poll(async () => (await activity())[0], { timeout: 20_000 }).toBe(1);
    controller.abort();
    await expect(waiting).rejects.toBeInstanceOf(APIUserAbortError);
    await expect.poll(activity, { timeout: 10_000 }).toEqual([0, 0]);
    const stream = await client.audio.transcriptions.create({ file: await toFile(bytes, 'long.wav'), model: MODEL, stream: true });
    for await (const event of stream) {
      expect(event.type).toBe('transcript.text.delta');
      break;
    }
    await expect.poll(activity, { timeout: 10_000 }).toEqual([0, 0]);
    expect(await spooled()).toEqual([]);
    expect((await client.audio.transcriptions.create({ file: await speech(), model: MODEL })).text).toMatch(/weasels/i);
  });

  test('nothing of all this is in the log', () => {
    expect(server.log).not.toMatch(/canary|weasels|Allison/i);
  });
});

/** A server whose only place is taken by an upload that never ends. */
async function startBusyServer(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const busy = await ServerProcess.start(['--maximum-uploads', '1', '--log-level', 'warn']);
  const controller = new AbortController();
  const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF';
  const body = new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(head)) });
  const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'multipart/form-data; boundary=b' } };
  const url = `${busy.url}v1/audio/transcriptions`;
  const holding = fetch(url, { ...init, signal: controller.signal } as RequestInit).catch(() => undefined);
  await expect.poll(async () => (await fetch(url, { method: 'POST', body: new FormData() })).status).toBe(503);
  return {
    url: busy.url,
    async close() {
      controller.abort();
      await holding;
      await busy[Symbol.asyncDispose]();
    },
  };
}

test('models: one, by its name', async () => {
  const models = await client.models.list();
  expect(models.data).toMatchObject([{ id: MODEL, object: 'model', owned_by: 'outspoken' }]);
  expect(await client.models.retrieve(MODEL)).toEqual(models.data[0]);
  await expect(client.models.retrieve('whisper-1')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
});

describe('the reference', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchHeadless([]);
  });

  afterAll(() => browser?.close());

  test.each(['/', '/speech'])(
    'is a page under %s that can be read without any other server, and says nothing on the console',
    async (basePath) => {
      await using own = await ServerProcess.start(['--base-path', basePath, '--log-level', 'warn']);
      const page = await browser.newPage();
      const complaints: string[] = [];
      const hosts = new Set<string>();
      page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('requestfailed', (request) => complaints.push(request.url()));
      page.on('request', (request) => hosts.add(new URL(request.url()).host));
      await page.goto(`${own.url}docs/`);
      await page.getByText('Transcribe a recording').waitFor();
      await page.locator('.opblock-post', { hasText: '/v1/audio/transcriptions' }).locator('.opblock-summary').click();
      await page.getByText('timestamp_granularities[]').first().waitFor();
      // What the page would send goes to this server and under its path.
      await page.getByRole('button', { name: 'Try it out' }).first().waitFor();
      expect([...hosts].filter((host) => host !== '' && host !== `127.0.0.1:${own.port}`)).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});
