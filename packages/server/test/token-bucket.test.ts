import { expect, test } from 'vitest';
import { TokenBucket } from '../src/api/token-bucket.ts';
import { ManualClock } from './support/manual-clock.ts';

test('lets a burst through, then the lasting rate', () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket({ clock, perSecond: 10, burst: 5 });
  expect(Array.from({ length: 6 }, () => bucket.take(1))).toEqual([true, true, true, true, true, false]);
  clock.advance(100);
  expect([bucket.take(1), bucket.take(1)]).toEqual([true, false]);
  clock.advance(60_000);
  expect([bucket.take(6), bucket.take(5)]).toEqual([false, true]);
});

test('credit fills up to the burst only', () => {
  const bucket = new TokenBucket({ clock: new ManualClock(), perSecond: 1, burst: 5 });
  bucket.take(3);
  bucket.credit(100);
  expect([bucket.take(5), bucket.take(1)]).toEqual([true, false]);
});
