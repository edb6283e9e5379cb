import { expect, test } from 'vitest';
import { CLOSE_CODES, ERROR_CODES, isErrorCode, shouldReconnect } from '../src/index.ts';

test('every error code has an HTTP error status and advice', () => {
  for (const [code, info] of Object.entries(ERROR_CODES)) {
    expect(code).toMatch(/^[a-z_]+$/);
    expect(info.httpStatus).toBeGreaterThanOrEqual(400);
    expect(info.httpStatus).toBeLessThan(600);
    expect(info.advice.length).toBeGreaterThan(5);
  }
  expect(isErrorCode('overloaded')).toBe(true);
  expect(isErrorCode('toString')).toBe(false);
});

test('every close code may be sent, and unknown ones mean a reconnect', () => {
  for (const code of Object.keys(CLOSE_CODES).map(Number)) {
    // RFC 6455 §7.4: 1004-1006 and 1015 never travel in a close frame.
    expect([1000, 1001, 1003, 1007, 1008, 1009, 1011, 1013].includes(code) || (code >= 4000 && code <= 4999)).toBe(true);
  }
  expect(shouldReconnect(1000)).toBe(false);
  expect(shouldReconnect(4409)).toBe(false);
  expect(shouldReconnect(1001)).toBe(true);
  expect(shouldReconnect(1006)).toBe(true);
});
