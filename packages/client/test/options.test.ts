import { expect, test } from 'vitest';
import { DEFAULT_CLIENT_SETTINGS, type SpeechClientOptions } from '../src/index.ts';
import { resolveOptions } from '../src/options.ts';

const NEEDED: SpeechClientOptions = {
  requestSession: () => Promise.reject(new Error('unused')),
  openTransport: () => Promise.reject(new Error('unused')),
  sdk: { name: 'test', version: '0' },
  clipPolicyId: `sha256:${'0'.repeat(64)}`,
  wantsInterims: false,
};

test('what is not given takes its default', () => {
  expect(resolveOptions(NEEDED)).toMatchObject(DEFAULT_CLIENT_SETTINGS);
  expect(resolveOptions({ ...NEEDED, clipTtlMs: 5 }).clipTtlMs).toBe(5);
});

test('settings out of range are refused by name', () => {
  for (const [name, value] of [
    ['outboxMaxBytes', 10],
    ['clipTtlMs', Number.NaN],
    ['closeTimeoutMs', -1],
    ['deadAfterMs', 2 ** 31],
  ] as const) {
    expect(() => resolveOptions({ ...NEEDED, [name]: value })).toThrow(`${name} must be`);
  }
  expect(() => resolveOptions({ ...NEEDED, backoff: { baseMs: 0, maxMs: 1 } })).toThrow('backoff.baseMs must be');
});

test('how texts are written is passed on as it is', () => {
  expect(resolveOptions(NEEDED).format).toBeUndefined();
  expect(resolveOptions({ ...NEEDED, keywords: ['Hale'] }).keywords).toEqual(['Hale']);
  expect(resolveOptions({ ...NEEDED, format: { redact: ['email'] } }).format).toEqual({ redact: ['email'] });
});
