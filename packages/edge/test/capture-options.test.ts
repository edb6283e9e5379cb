import { DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { expect, test } from 'vitest';
import { resolveCaptureOptions } from '../src/capture-options.ts';

const PAGE = 'https://app.example/talk/index.html?x=1';

test('resolves addresses against the page and keeps sub-paths whole', () => {
  const options = resolveCaptureOptions({ serverUrl: '/speech', assetBaseUrl: './edge?v=3#top' }, PAGE);
  expect(options.serverUrl.href).toBe('https://app.example/speech/');
  expect(options.assetBaseUrl.href).toBe('https://app.example/talk/edge/');
  expect(options).toMatchObject({
    source: { type: 'microphone' },
    policy: DEFAULT_CLIP_POLICY,
    wantsInterims: true,
    closeTimeoutMs: 10_000,
  });
});

test.each(['ftp://x/', 'javascript:alert(1)', 'http://'])('refuses %s as an address', (serverUrl) => {
  expect(() => resolveCaptureOptions({ serverUrl, assetBaseUrl: '/' }, PAGE)).toThrow(TypeError);
});

test('needs absolute addresses where there is no page', () => {
  expect(() => resolveCaptureOptions({ serverUrl: '/speech', assetBaseUrl: '/edge' }, undefined)).toThrow(/serverUrl must be/);
});

test('checks the policy and the time to close', () => {
  const base = { serverUrl: '/', assetBaseUrl: '/' };
  expect(() => resolveCaptureOptions({ ...base, policy: { ...DEFAULT_CLIP_POLICY, hangoverMs: -1 } }, PAGE)).toThrow(/hangoverMs/);
  expect(() => resolveCaptureOptions({ ...base, policy: { ...DEFAULT_CLIP_POLICY, maximumMs: 3000 } }, PAGE)).toThrow(/maximumMs/);
  expect(() => resolveCaptureOptions({ ...base, closeTimeoutMs: Number.NaN }, PAGE)).toThrow(/closeTimeoutMs/);
});

test('passes on how texts are written, and refuses what the server would', () => {
  const base = { serverUrl: '/', assetBaseUrl: '/' };
  expect(resolveCaptureOptions(base, PAGE).format).toEqual({});
  expect(resolveCaptureOptions({ ...base, format: { numerals: 'digits' } }, PAGE).format).toEqual({ numerals: 'digits' });
  expect(resolveCaptureOptions(base, PAGE).keywords).toEqual([]);
  expect(resolveCaptureOptions({ ...base, keywords: ['Hale'] }, PAGE).keywords).toEqual(['Hale']);
  expect(() => resolveCaptureOptions({ ...base, keywords: ['x'.repeat(101)] }, PAGE)).toThrow(/keywords\[0\] must be/);
  expect(() => resolveCaptureOptions({ ...base, format: { numerals: 'roman' } as object }, PAGE)).toThrow(/format.numerals must be/);
});
