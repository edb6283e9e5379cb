import { expect, test } from 'vitest';
import { RetryAdvice, retryAfter } from '../src/scheduling/retry-advice.ts';

test('sends one behind the other', () => {
  const advice = new RetryAdvice();
  const next = () => advice.next({ nowMs: 0, waitMs: 500, costMs: 200 });
  expect([next(), next(), next()]).toEqual([500, 700, 900]);
});

test('forgets what was promised for a time that is past, and promises nothing for ever', () => {
  const advice = new RetryAdvice();
  for (let i = 0; i < 100; i += 1) advice.next({ nowMs: 0, waitMs: 100, costMs: 1000 });
  expect(advice.next({ nowMs: 0, waitMs: 100, costMs: 1000 })).toBe(30_000);
  expect(advice.next({ nowMs: 100_000, waitMs: 250.2, costMs: 10 })).toBe(251);
});

test('advises no time in which nothing can have changed', () => {
  expect([retryAfter(-5), retryAfter(0), retryAfter(100.5)]).toEqual([100, 100, 101]);
});
