import { expect, test } from 'vitest';
import { OriginPolicy } from '../src/api/origin.ts';

const HOST = 'speech.example:8080';
const policy = new OriginPolicy(['https://app.example']);

test.each([undefined, 'http://speech.example:8080', 'https://speech.example:8080', 'https://app.example'])('lets %s in', (origin) => {
  expect(policy.isAllowed(origin, HOST)).toBe(true);
});

test.each([
  'null',
  '',
  'https://app.example.evil.test',
  'https://evil-app.example',
  'https://app.example:444',
  'http://app.example',
  'https://app.example/',
  'https://app.example/path',
  'https://APP.example',
  'HTTPS://app.example',
  'https://user@app.example',
  'https://app.example@evil.test',
  'https://app.example.',
  'https://аpp.example',
  'https://xn--pp-6kc.example',
  'https://app.example https://evil.test',
  'http://speech.example',
  'http://speech.example:80801',
  'ws://speech.example:8080',
  'http://speech.example:8080.evil.test',
  '*',
])('keeps %s out', (origin) => {
  expect(policy.isAllowed(origin, HOST)).toBe(false);
});

test('a missing host makes nothing same-origin', () => {
  expect(policy.isAllowed('http://', '')).toBe(false);
  expect(policy.isAllowed('http://x', undefined)).toBe(false);
});

test.each(['app.example', 'https://app.example/', '*', 'null'])('refuses %s as a configured origin', (origin) => {
  expect(() => new OriginPolicy([origin])).toThrow(TypeError);
});
