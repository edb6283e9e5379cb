import { expect, test } from 'vitest';
import { createSecret, secretDigest } from '../src/session/secret.ts';

test('secrets differ, and so do their digests', () => {
  const secrets = new Set(Array.from({ length: 100 }, createSecret));
  expect(secrets.size).toBe(100);
  expect(new Set([...secrets].map(secretDigest)).size).toBe(100);
});

test('a digest does not contain its secret and is the same each time', () => {
  const secret = createSecret();
  expect(secretDigest(secret)).toBe(secretDigest(secret));
  expect(secretDigest(secret)).not.toContain(secret.slice(0, 8));
});

test('a text that cannot be a secret has no digest', () => {
  for (const text of ['', 'short', `${'a'.repeat(42)}=`, 'a'.repeat(44)]) expect(secretDigest(text)).toBeUndefined();
});
