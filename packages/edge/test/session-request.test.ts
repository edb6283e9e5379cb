import { SessionRefusedError } from '@outspoken/client';
import { ProtocolError } from '@outspoken/protocol';
import { expect, test } from 'vitest';
import { requestSession } from '../src/session-request.ts';

const SERVER = new URL('https://app.example/speech/');
const GRANT = {
  ticket: 'abcdefghijklmnop',
  expiresInMs: 30_000,
  streamPath: 'v1/stream',
  protocol: 'asr.v1',
  limits: { maximumClipMs: 30_000, maximumFrameBytes: 262_144, stallMs: 5000 },
};

async function ask(answer: Response | Error) {
  const asked: { url: string; init: RequestInit | undefined }[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    asked.push({ url: String(url), init });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const result = await requestSession(SERVER, { sdk: { name: 'edge', version: '1' } }, new AbortController().signal, fetch).catch(
    (cause: unknown) => cause,
  );
  return { result, asked };
}

const json = (body: unknown, status: number): Response => new Response(JSON.stringify(body), { status });

test('asks under the sub-path of the server and returns the grant', async () => {
  const { result, asked } = await ask(json(GRANT, 201));
  expect(result).toEqual(GRANT);
  expect(asked[0]!.url).toBe('https://app.example/speech/v1/sessions');
  expect(asked[0]!.init).toMatchObject({ method: 'POST', body: '{"sdk":{"name":"edge","version":"1"}}' });
});

test('passes a refusal on with its code and its time', async () => {
  const error = { code: 'overloaded', message: 'no room', retryable: true, retryAfterMs: 1200 };
  const { result } = await ask(json({ error }, 503));
  expect(result).toBeInstanceOf(SessionRefusedError);
  expect(result).toMatchObject({ code: 'overloaded', retryable: true, retryAfterMs: 1200 });
});

test.each([
  [502, true],
  [429, true],
  [404, false],
  [403, false],
])('takes an unreadable %i for retryable: %s', async (status, retryable) => {
  const { result } = await ask(new Response('<html>proxy</html>', { status }));
  expect(result).toBeInstanceOf(SessionRefusedError);
  expect(result).toMatchObject({ retryable });
});

test('refuses an answer that is no grant, and lets a dead network rise', async () => {
  expect((await ask(json({ ...GRANT, streamPath: '//evil.example/x' }, 201))).result).toBeInstanceOf(ProtocolError);
  const dead = new TypeError('failed to fetch');
  expect((await ask(dead)).result).toBe(dead);
});
