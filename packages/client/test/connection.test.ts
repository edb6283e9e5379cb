import { expect, test } from 'vitest';
import { Connection } from '../src/connection.ts';
import { setUpClient } from './client-fixture.ts';
import { clipIdOf, HELLO, setUpConnection, WELCOME } from './scripted-connection.ts';

const BUSY = { type: 'busy', clipId: clipIdOf(1), retryAfterMs: 1 } as const;
const DONE = { type: 'done', clipId: clipIdOf(1) } as const;
const HEADER = { clipId: clipIdOf(1), encoding: 'pcm_s16le', chunkSequence: 0, offsetSamples: 0, sampleRateHz: 16_000 } as const;

test('says hello at once, and pings when it is welcomed', async () => {
  const { clock, say, takeLines } = setUpConnection();
  expect(takeLines()).toEqual(['hello']);
  await clock.advance(500);
  expect(takeLines()).toEqual([]);
  say(WELCOME);
  await clock.advance(0);
  expect(takeLines()).toEqual(['ping']);
});

test('a server that does not welcome in time is left with 4408', async () => {
  const { clock, link, connection } = setUpConnection();
  await clock.advance(999);
  expect(link.clientCloses).toEqual([]);
  await clock.advance(1);
  expect(link.clientCloses).toEqual([{ code: 4408, reason: 'no welcome' }]);
  expect(await connection.ended).toEqual({ code: 4408, reason: 'no welcome', wasOpen: false });
  expect(clock.timerCount).toBe(0);
});

test('a second welcome is ignored', async () => {
  const { clock, say, welcomes, received } = setUpConnection();
  say(WELCOME);
  say({ ...WELCOME, sessionId: 'other' });
  await clock.advance(2000);
  expect(welcomes.map((welcome) => welcome.sessionId)).toEqual(['session']);
  expect(received).toEqual([]);
});

test('what comes before the welcome is dropped, what comes after is delivered in order', async () => {
  const { clock, say, received } = setUpConnection();
  say(BUSY);
  say(WELCOME);
  say({ ...BUSY, retryAfterMs: 2 });
  say({ ...BUSY, retryAfterMs: 3 });
  await clock.advance(0);
  expect(received).toEqual([
    { ...BUSY, retryAfterMs: 2 },
    { ...BUSY, retryAfterMs: 3 },
  ]);
});

test('silence after the welcome is death with 4408, and any arrival puts it off', async () => {
  const { clock, link, connection, say } = setUpConnection();
  say(WELCOME);
  await clock.advance(20_000);
  say(BUSY);
  await clock.advance(29_999);
  expect(link.clientCloses).toEqual([]);
  await clock.advance(1);
  expect(await connection.ended).toEqual({ code: 4408, reason: 'server silent', wasOpen: true });
  expect(clock.timerCount).toBe(0);
});

test('a connection that ended delivers nothing, sends nothing and ends once', async () => {
  const { clock, link, connection, say, received, sent, takeLines } = setUpConnection();
  say(WELCOME);
  await clock.advance(0);
  takeLines();
  sent.length = 0;
  say(BUSY);
  connection.close(1000, 'done');
  connection.close(1011, 'again');
  connection.send(DONE);
  connection.sendFrame(HEADER, new Uint8Array(2), 0);
  await clock.advance(0);
  expect(clock.timerCount).toBe(0);
  expect(received).toEqual([]);
  expect(takeLines()).toEqual([]);
  expect(sent).toEqual([]);
  expect(link.clientCloses).toEqual([{ code: 1000, reason: 'done' }]);
  expect(await connection.ended).toEqual({ code: 1000, reason: 'done', wasOpen: true });
});

test('nothing that arrived before a listener closed is delivered after', async () => {
  const seen: number[] = [];
  const { clock, connection, say } = setUpConnection({
    onMessage: (message) => {
      if (message.type === 'busy') seen.push(message.retryAfterMs);
      connection.close(1000, 'enough');
    },
  });
  say(WELCOME);
  say(BUSY);
  say({ ...BUSY, retryAfterMs: 2 });
  await clock.advance(0);
  expect(seen).toEqual([1]);
});

test('nothing that arrived and was not read before the close is delivered after', async () => {
  const { clock, connection, say, received } = setUpConnection();
  say(WELCOME);
  await clock.advance(0);
  say(BUSY);
  clock.setTimer(() => connection.close(1000, 'done'), 0);
  await clock.advance(0);
  expect(received).toEqual([]);
});

test('the code of the other end is the end of the connection, after what came before it', async () => {
  const { clock, link, connection, say, received } = setUpConnection();
  say(WELCOME);
  say(BUSY);
  link.close(1013);
  await clock.advance(0);
  expect(received).toEqual([BUSY]);
  expect(await connection.ended).toEqual({ code: 1013, reason: '', wasOpen: true });
});

test('a refused hello ends the connection with the refusal', async () => {
  const { clock, link, connection, say } = setUpConnection();
  const refusal = { type: 'error', code: 'session_expired', message: 'gone', retryable: true, retryAfterMs: 40 } as const;
  say(refusal);
  await clock.advance(0);
  expect(await connection.ended).toEqual({ code: 1000, reason: 'hello refused', wasOpen: false, refusal });
  expect(link.clientCloses).toHaveLength(1);
});

test('a transport that fails while it is read is a problem and a close with 1011', async () => {
  const failure = new Error('broken');
  const problems: unknown[] = [];
  const { clock, link } = setUpConnection();
  const connection = new Connection({
    transport: {
      send: () => {},
      close: () => {},
      bufferedBytes: 0,
      messages: { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }) },
      closed: link.transport.closed,
    },
    clock,
    hello: HELLO,
    welcomeTimeoutMs: 1000,
    pingIntervalMs: 1000,
    deadAfterMs: 1000,
    onWelcome: () => {},
    onMessage: () => {},
    onProblem: (error) => problems.push(error),
    onSent: () => {},
  });
  expect(await connection.ended).toEqual({ code: 1011, reason: 'read failed', wasOpen: false });
  expect(problems).toEqual([expect.objectContaining({ code: 'connection_lost', cause: failure })]);
});

test.each([
  [92, 124 + 6],
  [94, 126 + 8],
  [65_502, 65_534 + 8],
  [65_504, 65_536 + 14],
])('a frame of %i bytes of audio counts as %i bytes on the wire', (payloadBytes, wireBytes) => {
  const { connection, sent } = setUpConnection();
  connection.sendFrame(HEADER, new Uint8Array(payloadBytes), 2);
  expect(sent.at(-1)).toEqual({ bytes: wireBytes, resentBytes: 2 });
});

test('a silent server is noticed and left', async () => {
  const { clock, server, client, details } = setUpClient();
  client.connect();
  await clock.advance(50);
  server.link!.silence();
  await clock.advance(29_000);
  expect(client.state).toBe('open');
  await clock.advance(2000);
  expect(details('state').some((state) => state.cause?.closeCode === 4408)).toBe(true);
  await clock.advance(1000);
  expect(client.state).toBe('open');
});

test('messages that cannot be read are reported, unknown types are not', async () => {
  const { clock, server, client, details } = setUpClient();
  client.connect();
  await clock.advance(50);
  server.link!.send('{"type":"from_the_future"}');
  server.link!.send('{"type":"busy"}');
  server.link!.send(Uint8Array.of(1, 2));
  server.send({ type: 'error', code: 'rate_limited', message: 'slow down', retryable: true });
  await clock.advance(20);
  expect(details('error').map((error) => error.code)).toEqual(['bad_message', 'bad_message', 'rate_limited']);
  expect(client.state).toBe('open');
});

test('a refused hello is told apart from a lost connection', async () => {
  const { clock, server, client, details } = setUpClient();
  client.connect();
  await clock.advance(1);
  server.link!.send('{"type":"error","code":"unsupported_protocol","message":"no","retryable":false}');
  await clock.advance(5);
  expect(details('state').at(-1)).toMatchObject({ state: 'closed', cause: { code: 'unsupported_protocol' } });
});

test('the clocks of both ends are told apart', async () => {
  const { clock, client } = setUpClient();
  client.connect();
  await clock.advance(100);
  expect(client.stats.clock).toEqual({ roundTripMs: 10, serverClockOffsetMs: 5000 });
});
