import { expect, test } from 'vitest';
import { DEFAULT_HTTP_OPTIONS, httpOptions } from '../src/api/http-options.ts';

test('fills in the defaults', () => {
  expect(httpOptions({ bodyTimeoutMs: 1_000 })).toEqual({ ...DEFAULT_HTTP_OPTIONS, bodyTimeoutMs: 1_000 });
});

test.each([
  [{ bodyTimeoutMs: 0 }, 'bodyTimeoutMs must be 10-86400000, got 0'],
  [{ uploadIdleMs: Number.NaN }, 'uploadIdleMs must be 10-86400000, got NaN'],
  [{ heartbeatMs: 30_000 }, 'heartbeatMs must be less than idleConnectionMs, got 30000 and 30000'],
])('refuses %j', (options, message) => {
  expect(() => httpOptions(options)).toThrow(new RangeError(message));
});
