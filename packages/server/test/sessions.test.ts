import { parseRefusalBody, parseSessionGrant } from '@outspoken/protocol';
import { expect, test } from 'vitest';
import { startServer } from './support/test-server.ts';

const post = (base: string, init: RequestInit = {}) => fetch(`${base}/v1/sessions`, { method: 'POST', ...init });

test('gives a ticket, once per request, that no cache keeps', async () => {
  const { base } = await startServer();
  const response = await post(base, { headers: { 'content-type': 'application/json' }, body: '{"sdk":{"name":"x","version":"1"}}' });
  expect(response.status).toBe(201);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  const grant = parseSessionGrant(await response.json());
  expect(grant).toMatchObject({ expiresInMs: 60_000, streamPath: 'v1/stream', protocol: 'asr.v1', limits: { maximumClipMs: 30_000 } });
  expect(parseSessionGrant(await (await post(base)).json()).ticket).not.toBe(grant.ticket);
});

test.each([
  ['{"sdk":7}', 'application/json', 400, 'bad_message'],
  ['{', 'application/json', 400, 'bad_message'],
  ['[]', 'application/json', 400, 'bad_message'],
  ['x=1', 'application/x-www-form-urlencoded', 415, 'bad_message'],
  [JSON.stringify({ sdk: { name: 'x'.repeat(10_000), version: '1' } }), 'application/json', 413, 'frame_too_large'],
])('the body %.20s is refused', async (body, type, status, code) => {
  const { base } = await startServer();
  const response = await post(base, { body, headers: { 'content-type': type } });
  expect(response.status).toBe(status);
  expect(parseRefusalBody(await response.json()).error.code).toBe(code);
});

test('refusals say why and when to come back', async () => {
  const { base, dispatcher, drain, metrics } = await startServer();
  dispatcher.slots = 0;
  const starting = await post(base);
  expect(starting.status).toBe(503);
  expect(starting.headers.get('retry-after')).toBe('1');
  expect(parseRefusalBody(await starting.json()).error).toMatchObject({ code: 'overloaded', retryable: true, retryAfterMs: 1_000 });
  dispatcher.slots = 4;
  await drain(0);
  const draining = await post(base);
  expect(draining.status).toBe(503);
  expect(parseRefusalBody(await draining.json()).error).toMatchObject({ code: 'draining', retryable: true });
  expect(metrics.count('rejected', 'draining')).toBe(1);
});

test('an overloaded scheduler refuses new sessions', async () => {
  const { base, scheduler } = await startServer();
  scheduler.admit = () => ({ admitted: false, reason: 'overloaded', retryAfterMs: 2_500 });
  const response = await post(base);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('3');
});

test('pages of listed origins may read every answer, others get none', async () => {
  const { base, dispatcher } = await startServer({ allowedOrigins: ['https://app.example'] });
  const listed = { origin: 'https://app.example' };
  const granted = await post(base, { headers: listed });
  expect(granted.status).toBe(201);
  expect(granted.headers.get('access-control-allow-origin')).toBe('https://app.example');
  expect(granted.headers.get('vary')).toBe('Origin');
  dispatcher.slots = 0;
  const refused = await post(base, { headers: listed });
  expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example');
  expect(refused.headers.get('access-control-expose-headers')).toContain('retry-after');
  const foreign = await post(base, { headers: { origin: 'https://evil.test' } });
  expect(foreign.status).toBe(403);
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  expect(parseRefusalBody(await foreign.json()).error).toMatchObject({ code: 'origin_not_allowed', retryable: false });
});

test('a preflight is answered for listed origins only', async () => {
  const { base } = await startServer({ allowedOrigins: ['https://app.example'] });
  const preflight = (origin: string) => fetch(`${base}/v1/sessions`, { method: 'OPTIONS', headers: { origin } });
  const allowed = await preflight('https://app.example');
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get('access-control-allow-methods')).toBe('POST');
  expect(allowed.headers.get('access-control-allow-headers')).toBe('content-type');
  expect((await preflight('https://evil.test')).status).toBe(403);
});
