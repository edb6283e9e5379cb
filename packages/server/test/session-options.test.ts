import { expect, test } from 'vitest';
import { DEFAULT_SESSION_OPTIONS, sessionOptions } from '../src/session/session-options.ts';

test('fills in the defaults', () => {
  expect(sessionOptions({ windowClips: 2 })).toEqual({ ...DEFAULT_SESSION_OPTIONS, windowClips: 2 });
});

test.each([{ windowClips: 0 }, { stallMs: Number.NaN }, { maximumClipMs: 30_001 }])('refuses %o and names it', (given) => {
  expect(() => sessionOptions(given)).toThrow(new RegExp(`^${Object.keys(given)[0]} must be`));
});
