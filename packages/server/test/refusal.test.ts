import { ProtocolError, parseRefusalBody } from '@outspoken/protocol';
import { expect, test } from 'vitest';
import { NOT_FOUND, refusalOf } from '../src/api/refusal.ts';
import { SessionError } from '../src/session/session-error.ts';

test.each([
  [new SessionError('overloaded', 'full', { retryAfterMs: 500 }), 503, { code: 'overloaded', retryable: true, retryAfterMs: 500 }],
  [new ProtocolError('bad_message', 'sdk must be an object'), 400, { code: 'bad_message', message: 'sdk must be an object' }],
  [Object.assign(new Error('inside'), { statusCode: 413 }), 413, { code: 'frame_too_large' }],
  [Object.assign(new Error('inside'), { statusCode: 415 }), 415, { code: 'bad_message' }],
  [Object.assign(new Error('inside'), { statusCode: 400 }), 400, { code: 'bad_message' }],
  [Object.assign(new Error('inside'), { statusCode: 503 }), 503, { code: 'draining', retryable: true }],
  [new Error('inside'), 500, { code: 'internal', retryable: true }],
  ['a thrown text from inside', 500, { code: 'internal' }],
])('%s is answered without telling of the inside', (error, status, body) => {
  const refusal = refusalOf(error);
  expect(refusal.status).toBe(status);
  expect(refusal.body.error).toMatchObject(body);
  expect(JSON.stringify(refusal.body)).not.toContain('inside');
  expect(parseRefusalBody(refusal.body)).toEqual(refusal.body);
});

test('an unknown address has a code of its own', () => {
  expect(NOT_FOUND).toMatchObject({ status: 404, body: { error: { code: 'not_found', retryable: false } } });
});
