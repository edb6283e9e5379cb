import type { PingMessage } from '@outspoken/protocol';
import { expect, test } from 'vitest';
import { Heartbeat } from '../src/heartbeat.ts';
import { VirtualClock } from './virtual-clock.ts';

function setUp() {
  const clock = new VirtualClock();
  const pings: PingMessage[] = [];
  let deaths = 0;
  const heartbeat = new Heartbeat({
    clock,
    pingIntervalMs: 15_000,
    deadAfterMs: 30_000,
    sendPing: (ping) => pings.push(ping),
    onDead: () => deaths++,
  });
  return { clock, pings, heartbeat, deaths: () => deaths };
}

test('pings at once and then at every interval', async () => {
  const { clock, pings, heartbeat } = setUp();
  for (let second = 0; second < 60; second++) {
    await clock.advance(1000);
    heartbeat.noteReceived();
  }
  expect(pings).toHaveLength(5);
});

test('silence is death, once, and any arrival is life', async () => {
  const { clock, heartbeat, deaths } = setUp();
  await clock.advance(29_000);
  heartbeat.noteReceived();
  await clock.advance(29_999);
  expect(deaths()).toBe(0);
  await clock.advance(1);
  expect(deaths()).toBe(1);
  await clock.advance(120_000);
  expect(deaths()).toBe(1);
  expect(clock.timerCount).toBe(0);
});

test('the sample with the shortest round trip tells the clock offset', async () => {
  const { clock, pings, heartbeat } = setUp();
  const answer = async (thereMs: number, backMs: number) => {
    const ping = pings.at(-1)!;
    await clock.advance(thereMs);
    const serverTimeMs = clock.wallClock() + 7000;
    await clock.advance(backMs);
    heartbeat.notePong({ type: 'pong', edgeTimeMs: ping.edgeTimeMs, serverTimeMs });
    heartbeat.noteReceived();
  };
  expect(heartbeat.estimate).toBeUndefined();
  await answer(100, 20);
  expect(heartbeat.estimate).toEqual({ roundTripMs: 120, serverClockOffsetMs: 7040 });
  await clock.advance(15_000 - 120);
  await answer(10, 10);
  expect(heartbeat.estimate).toEqual({ roundTripMs: 20, serverClockOffsetMs: 7000 });
  await clock.advance(15_000 - 20);
  await answer(300, 0);
  expect(heartbeat.estimate?.roundTripMs).toBe(20);
});

test('a pong that answers no ping is ignored', () => {
  const { heartbeat } = setUp();
  heartbeat.notePong({ type: 'pong', edgeTimeMs: 1, serverTimeMs: 1 });
  expect(heartbeat.estimate).toBeUndefined();
});
