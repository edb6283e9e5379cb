import { expect, test } from 'vitest';
import { SYSTEM_CLOCK } from '../src/session/clock.ts';

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
