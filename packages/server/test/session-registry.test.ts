import { expect, test } from 'vitest';
import { SessionRegistry } from '../src/session/session-registry.ts';
import { FakeConnection, sessionBench, settle } from './support/session-bench.ts';
import { end, frame, HELLO, start, tone } from './support/speech.ts';

function bench(options: Parameters<typeof sessionBench>[0] = {}) {
  const base = sessionBench(options);
  const registry = new SessionRegistry({ services: base.services, random: () => 0.5 });
  const open = (resumeToken?: string) => {
    const connection = new FakeConnection();
    const session = registry.open({ ...HELLO, ...(resumeToken === undefined ? {} : { resumeToken }) }, connection);
    const welcome = connection.all('welcome')[0];
    return { connection, session, token: welcome?.resumeToken ?? '', isResumed: welcome?.resumed ?? false };
  };
  return { ...base, registry, open };
}

test('a resume token leads back to its session, with a new token', () => {
  const { open, registry, metrics } = bench();
  const first = open();
  registry.leave(first.session, first.connection, 1006);
  const second = open(first.token);
  expect(second.session).toBe(first.session);
  expect(second.isResumed).toBe(true);
  expect(second.token).not.toBe(first.token);
  expect(metrics.count('resumeFinished', 'resumed')).toBe(1);
  expect(registry.sessionCount).toBe(1);
});

test('the used token stays good until the client shows that it has the new one', () => {
  const { open, registry } = bench();
  const first = open();
  const second = open(first.token);
  const third = open(first.token);
  expect(third.session).toBe(first.session);
  registry.confirm(third.session);
  expect(open(first.token).isResumed).toBe(false);
  expect(open(second.token).isResumed).toBe(false);
  expect(open(third.token).isResumed).toBe(true);
});

test('a stolen token is worth nothing once its owner went on', () => {
  const { open, registry } = bench();
  const owner = open();
  const again = open(owner.token);
  registry.confirm(again.session);
  const thief = open(owner.token);
  expect(thief.session).not.toBe(again.session);
  expect(again.connection.closed).toBeUndefined();
});

test.each(['x'.repeat(43), 'short'])('the unknown token %s opens a session of its own', (token) => {
  const { open, metrics } = bench();
  open();
  expect(open(token).isResumed).toBe(false);
  expect(metrics.count('resumeFinished', 'expired')).toBe(1);
});

test('a session waits for its client for 60 s, and is swept after that', () => {
  const { open, registry, clock, metrics } = bench();
  const first = open();
  registry.leave(first.session, first.connection, 1006);
  clock.advance(59_999);
  const second = open(first.token);
  expect(second.isResumed).toBe(true);
  registry.leave(second.session, second.connection, 1006);
  clock.advance(60_000);
  expect(open(second.token).isResumed).toBe(false);
  clock.advance(70_000);
  expect(registry.sessionCount).toBe(1);
  expect(metrics.count('sessionOpened') - metrics.count('sessionClosed')).toBe(1);
});

test('a client that says goodbye is forgotten at once', () => {
  const { open, registry } = bench();
  const { session, connection } = open();
  registry.leave(session, connection, 1000);
  expect(registry.sessionCount).toBe(0);
});

test('at the bound a session without a client makes way; with none, a new client is refused', () => {
  const { open, registry } = bench({ maximumSessions: 2 });
  const first = open();
  open();
  expect(registry.hasRoom).toBe(false);
  expect(() => open()).toThrow(expect.objectContaining({ code: 'overloaded' }));
  registry.leave(first.session, first.connection, 1006);
  expect(registry.hasRoom).toBe(true);
  open();
  expect(registry.sessionCount).toBe(2);
});

test('a sample rate other than 16 kHz is refused with the one to send', () => {
  const { registry } = bench();
  const hello = { ...HELLO, audio: { encoding: 'pcm_s16le' as const, sampleRateHz: 44_100 } };
  expect(() => registry.open(hello, new FakeConnection())).toThrow(/must be 16000/);
});

test('draining tells every client and waits for what is in flight', async () => {
  const { open, registry, dispatcher, metrics } = bench();
  const { session, connection } = open();
  session.receive(start(0));
  session.receiveFrame(frame(0, tone(2_000)));
  registry.startDraining(4_000);
  registry.startDraining(4_000);
  const settled = registry.settled(60_000);
  session.receive(end(0, 2_000));
  dispatcher.running[0]?.finish();
  expect(await settled).toBe(true);
  expect(connection.all('going_away')).toEqual([{ type: 'going_away', reason: 'draining', retryAfterMs: 3_000 }]);
  expect(connection.all('final')).toHaveLength(1);
  expect(metrics.count('setDraining', true)).toBe(1);
  expect(() => open()).toThrow(expect.objectContaining({ code: 'draining' }));
});

test('draining gives up after its time, and does not wait for clients that are away', async () => {
  const { open, registry, clock } = bench();
  const { session, connection } = open();
  session.receive(start(0));
  const settled = registry.settled(3_000);
  clock.advance(3_000);
  expect(await settled).toBe(false);
  registry.leave(session, connection, 1006);
  expect(await registry.settled(3_000)).toBe(true);
});

test('a failed session goes alone', async () => {
  const { open, registry, dispatcher } = bench();
  const bad = open();
  const good = open();
  for (const { session } of [bad, good]) {
    session.receive(start(0));
    session.receiveFrame(frame(0, tone(2_000)));
    session.receive(end(0, 2_000));
  }
  bad.connection.send = () => {
    throw new Error('boom');
  };
  dispatcher.running[0]?.finish();
  await settle();
  dispatcher.running[0]?.finish();
  await settle();
  expect(bad.connection.closed?.code).toBe(1011);
  expect(good.connection.all('final')).toHaveLength(1);
  expect(registry.sessionCount).toBe(1);
  expect(bad.connection.errors).toHaveLength(1);
  expect(good.connection.errors).toEqual([]);
});

test('a thousand clients that vanish leave nothing behind', () => {
  const { open, registry, clock, services, metrics } = bench({ maximumSessions: 2_000 });
  for (let i = 0; i < 1_000; i++) {
    const { session, connection } = open();
    session.receive(start(i));
    session.receiveFrame(frame(i, tone(500)));
    registry.leave(session, connection, 1006);
  }
  clock.advance(70_000);
  expect([registry.sessionCount, services.budget.usedBytes]).toEqual([0, 0]);
  expect(metrics.count('sessionClosed')).toBe(1_000);
  registry.close();
  expect(clock.pending).toBe(0);
});

test('closing ends every session', () => {
  const { open, registry, clock } = bench();
  const { connection } = open();
  registry.issueTicket();
  registry.close();
  registry.close();
  expect(connection.closed?.code).toBe(1001);
  expect(registry.sessionCount).toBe(0);
  expect(clock.pending).toBe(0);
});
