import { expect, test } from 'vitest';
import { parseRefusalBody, parseSessionGrant, parseSessionRequest } from '../src/index.ts';

const GRANT = {
  ticket: 'abcdefghijklmnop',
  expiresInMs: 60_000,
  streamPath: 'v1/stream',
  protocol: 'asr.v1',
  limits: { maximumClipMs: 30_000, maximumFrameBytes: 262_144, stallMs: 5_000 },
};

test('a request may be empty or name its SDK', () => {
  expect(parseSessionRequest({})).toEqual({});
  expect(parseSessionRequest({ sdk: { name: 'outspoken-edge', version: '0.1.0' } }).sdk?.name).toBe('outspoken-edge');
  expect(() => parseSessionRequest(null)).toThrow('message must be an object');
  expect(() => parseSessionRequest({ sdk: {} })).toThrow('sdk.name must be');
});

test('a grant is checked, and its path cannot lead to another host', () => {
  expect(parseSessionGrant(GRANT)).toEqual(GRANT);
  for (const streamPath of ['//evil.example/x', 'https://evil.example', '/v1/stream', '../stream', 'v1//stream', 'a/../b', '']) {
    expect(() => parseSessionGrant({ ...GRANT, streamPath })).toThrow('streamPath must be a relative path');
  }
  expect(() => parseSessionGrant({ ...GRANT, ticket: 'has a space, comma' })).toThrow('ticket must be');
});

test('a refusal is read, and a proxy page is not taken for one', () => {
  const body = { error: { code: 'rate_limited', message: 'slow down', retryable: true, retryAfterMs: 1000 } };
  expect(parseRefusalBody(body)).toEqual(body);
  expect(() => parseRefusalBody('<html>502</html>')).toThrow('message must be an object');
});
