import { expect, test } from 'vitest';
import { Heartbeat } from '../src/api/heartbeat.ts';
import { ManualClock } from './support/manual-clock.ts';

function bench() {
  const clock = new ManualClock();
  const state = { bytes: 0, pings: 0, deaths: 0 };
  const heartbeat = new Heartbeat({
    clock,
    intervalMs: 15_000,
    receivedBytes: () => state.bytes,
    ping: () => {
      state.pings += 1;
    },
    onDead: () => {
      state.deaths += 1;
    },
  });
  return { clock, state, heartbeat };
}

test('pings while bytes of any kind come in', () => {
  const { clock, state } = bench();
  for (let i = 0; i < 10; i++) {
    state.bytes += 1;
    clock.advance(15_000);
  }
  expect(state).toMatchObject({ pings: 10, deaths: 0 });
});

test('declares the other end dead after 30 s without a byte, once', () => {
  const { clock, state } = bench();
  clock.advance(29_999);
  expect(state.deaths).toBe(0);
  clock.advance(1);
  clock.advance(100_000);
  expect(state).toMatchObject({ pings: 1, deaths: 1 });
});

test('a stopped heartbeat does nothing and leaves no timer', () => {
  const { clock, state, heartbeat } = bench();
  heartbeat.stop();
  clock.advance(100_000);
  expect(state).toMatchObject({ pings: 0, deaths: 0 });
  expect(clock.pending).toBe(0);
});
