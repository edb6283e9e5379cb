import { expect, test } from 'vitest';
import { Alarm } from '../src/clock.ts';
import { VirtualClock } from './virtual-clock.ts';

test('an alarm rings once, at the time that was set last', async () => {
  const clock = new VirtualClock();
  const rings: number[] = [];
  const alarm = new Alarm(clock, () => rings.push(clock.now()));
  const startMs = clock.now();
  alarm.set(startMs + 100);
  alarm.set(startMs + 300);
  alarm.set(startMs + 200);
  await clock.advance(1000);
  expect(rings).toEqual([startMs + 200]);
  expect(clock.timerCount).toBe(0);
});

test('an alarm can be stopped, and set again from its own ring', async () => {
  const clock = new VirtualClock();
  let rings = 0;
  const alarm = new Alarm(clock, () => {
    if (++rings < 3) alarm.set(clock.now() + 10);
  });
  alarm.set(clock.now() + 10);
  alarm.stop();
  await clock.advance(100);
  expect(rings).toBe(0);
  alarm.set(clock.now() - 5);
  await clock.advance(100);
  expect(rings).toBe(3);
});
