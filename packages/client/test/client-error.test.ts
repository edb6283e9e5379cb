import { expect, test } from 'vitest';
import { ClientError, SessionRefusedError } from '../src/client-error.ts';

test('an error carries its code, its close code and its cause', () => {
  const cause = new Error('socket');
  const error = new ClientError('connection_lost', 'the connection was closed with 1006', { closeCode: 1006, cause });
  expect(error).toMatchObject({
    name: 'ClientError',
    code: 'connection_lost',
    closeCode: 1006,
    message: 'the connection was closed with 1006',
  });
  expect(error.cause).toBe(cause);
});

test('an error without a cause has no such property', () => {
  expect(Object.hasOwn(new ClientError('client_closed', 'closed', { closeCode: 1000 }), 'cause')).toBe(false);
  expect(Object.hasOwn(new SessionRefusedError('overloaded', 'full', { retryable: true }), 'cause')).toBe(false);
});

test('a refusal is a client error that says whether and when to ask again', () => {
  const refusal = new SessionRefusedError('overloaded', 'full', { retryable: true, retryAfterMs: 5000 });
  expect(refusal).toBeInstanceOf(ClientError);
  expect(refusal).toMatchObject({ name: 'SessionRefusedError', code: 'overloaded', retryable: true, retryAfterMs: 5000 });
  expect(refusal.closeCode).toBeUndefined();
});
