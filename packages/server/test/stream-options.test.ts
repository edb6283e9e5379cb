import { expect, test } from 'vitest';
import { DEFAULT_STREAM_OPTIONS, streamOptions } from '../src/api/stream-options.ts';

test('fills in the defaults', () => {
  expect(streamOptions({ heartbeatMs: 5 })).toEqual({ ...DEFAULT_STREAM_OPTIONS, heartbeatMs: 5 });
});

test.each([{ messageBurst: 0 }, { heartbeatMs: Number.NaN }, { byteBurst: Number.POSITIVE_INFINITY }])(
  'refuses %o and names it',
  (given) => {
    expect(() => streamOptions(given)).toThrow(new RegExp(`^${Object.keys(given)[0]} must be`));
  },
);
