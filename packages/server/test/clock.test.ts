import { expect, test } from 'vitest';
import { SYSTEM_CLOCK, waitFor } from '../src/session/clock.ts';
import { ManualClock } from './support/manual-clock.ts';

test('calls back once, and not after it was given up', async () => {
  const fired: string[] = [];
  const giveUp = SYSTEM_CLOCK.schedule(0, () => fired.push('given up'));
  giveUp();
  giveUp();
  await new Promise<void>((resolve) => {
    SYSTEM_CLOCK.schedule(1, () => {
      fired.push('due');
      resolve();
    });
    // The clock's own timers keep no process alive.
    setTimeout(() => undefined, 1_000).unref();
  });
  expect(fired).toEqual(['due']);
});

test('tells monotonic time from the time of day', () => {
  expect(SYSTEM_CLOCK.nowMs()).toBeLessThan(SYSTEM_CLOCK.wallMs());
});

test('waits for its time or the signal, and leaves no timer behind', async () => {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  const elapsed = waitFor(clock, 100, signal);
  clock.advance(100);
  await elapsed;
  const abort = new AbortController();
  const aborted = waitFor(clock, 100, abort.signal);
  abort.abort(new Error('gone'));
  await expect(aborted).rejects.toThrow('gone');
  await expect(waitFor(clock, 100, abort.signal)).rejects.toThrow('gone');
  expect(clock.pending).toBe(0);
});
