import { encodeMessage, PROTOCOL_NAME, type SessionGrant } from '@outspoken/protocol';
import { expect, test } from 'vitest';
import type { StateDetail } from '../src/client-events.ts';
import { Connection, type ConnectionEnd } from '../src/connection.ts';
import { Connector } from '../src/connector.ts';
import { SessionRefusedError, type SpeechClientOptions } from '../src/index.ts';
import { resolveOptions } from '../src/options.ts';
import { setUpClient, surroundings } from './client-fixture.ts';
import { FakeLink } from './fake-link.ts';
import { HELLO, WELCOME } from './scripted-connection.ts';
import { VirtualClock } from './virtual-clock.ts';

const { limits } = WELCOME;
const GRANT: SessionGrant = {
  ticket: 'ticket-ticket-ticket',
  expiresInMs: 60_000,
  streamPath: 'v1/stream',
  protocol: PROTOCOL_NAME,
  limits,
};

/** A connector whose server is the test: it welcomes by hand and closes by hand. */
function setUpConnector(options: Partial<SpeechClientOptions> = {}) {
  const clock = new VirtualClock();
  const links: FakeLink[] = [];
  const states: StateDetail[] = [];
  const ends: ConnectionEnd[] = [];
  const server = { retryAfterMs: 0 };
  const settings = resolveOptions({
    requestSession: async () => GRANT,
    openTransport: async () => {
      const link = new FakeLink(clock, 0);
      links.push(link);
      return link.transport;
    },
    sdk: HELLO.sdk,
    clipPolicyId: HELLO.clipPolicyId,
    ...surroundings(clock),
    ...options,
  });
  const connector = new Connector({
    settings,
    createConnection: (transport) =>
      new Connection({
        transport,
        clock,
        hello: HELLO,
        welcomeTimeoutMs: 6000,
        pingIntervalMs: 15_000,
        deadAfterMs: 30_000,
        onWelcome: () => {},
        onMessage: () => {},
        onProblem: () => {},
        onSent: () => {},
      }),
    onState: (state) => states.push(state),
    onDisconnect: (end) => ends.push(end),
    takeRetryAfterMs: () => server.retryAfterMs,
  });
  /** Welcomes the newest connection, and closes it after this time. */
  const serve = async (durationMs: number, code: number): Promise<void> => {
    links.at(-1)!.send(encodeMessage(WELCOME));
    await clock.advance(durationMs);
    links.at(-1)!.close(code);
    await clock.advance(0);
  };
  return { clock, links, states, ends, server, connector, serve };
}

test.each([1000, 1003, 1008, 4409])('a close with %i is for good', async (code) => {
  const { clock, links, states, connector, serve } = setUpConnector();
  connector.start();
  await clock.advance(0);
  await serve(100, code);
  expect(states.at(-1)).toMatchObject({ state: 'closed', cause: { code: 'connection_refused', closeCode: code } });
  await clock.advance(60_000);
  expect(links).toHaveLength(1);
  expect(clock.timerCount).toBe(0);
});

test.each([1001, 1006, 1011, 1013, 4401, 4408, 4429, 4999])('a close with %i is followed by another attempt', async (code) => {
  const { clock, links, states, ends, connector, serve } = setUpConnector();
  connector.start();
  await clock.advance(0);
  await serve(100, code);
  expect(states.at(-1)).toMatchObject({ state: 'waiting', retryInMs: 250, cause: { code: 'connection_lost', closeCode: code } });
  expect(ends).toEqual([{ code, reason: '', wasOpen: true }]);
  await clock.advance(249);
  expect(links).toHaveLength(1);
  await clock.advance(1);
  expect(links).toHaveLength(2);
  connector.stop();
});

test('waits grow while connections are short, up to their bound, and a stable connection makes them short again', async () => {
  const { clock, states, connector, serve } = setUpConnector({ backoff: { baseMs: 500, maxMs: 1500 } });
  connector.start();
  for (const durationMs of [0, 4999, 100, 100, 5000, 100]) {
    await clock.advance(0);
    await serve(durationMs, 1011);
    await clock.advance(states.at(-1)!.retryInMs!);
  }
  expect(states.flatMap(({ retryInMs }) => retryInMs ?? [])).toEqual([250, 500, 750, 750, 250, 250]);
  connector.stop();
});

test('a connection that was never welcomed is not stable however long it lasted', async () => {
  const { clock, links, states, connector } = setUpConnector();
  connector.start();
  for (let attempt = 0; attempt < 3; attempt++) {
    await clock.advance(6000);
    expect(links.at(-1)!.clientCloses).toEqual([{ code: 4408, reason: 'no welcome' }]);
    await clock.advance(states.at(-1)!.retryInMs!);
  }
  expect(states.flatMap(({ retryInMs }) => retryInMs ?? [])).toEqual([250, 500, 1000]);
  connector.stop();
});

test('the longer of the wait that the server asked for and the own one counts', async () => {
  const { clock, states, server, connector, serve } = setUpConnector();
  connector.start();
  await clock.advance(0);
  server.retryAfterMs = 4000;
  await serve(100, 1001);
  expect(states.at(-1)).toMatchObject({ state: 'waiting', retryInMs: 4000 });
  await clock.advance(4000);
  server.retryAfterMs = 100;
  await serve(100, 1001);
  expect(states.at(-1)).toMatchObject({ state: 'waiting', retryInMs: 500 });
  connector.stop();
});

test('starting again opens no second connection', async () => {
  const { clock, links, states, connector } = setUpConnector();
  connector.start();
  connector.start();
  await clock.advance(10);
  connector.start();
  await clock.advance(10);
  expect(links).toHaveLength(1);
  expect(states).toEqual([{ state: 'connecting' }]);
  connector.stop();
});

test('a stop closes the open connection with 1000 and tries no more', async () => {
  const { clock, links, states, ends, connector } = setUpConnector();
  connector.start();
  await clock.advance(0);
  links[0]!.send(encodeMessage(WELCOME));
  await clock.advance(10);
  connector.stop();
  await clock.advance(60_000);
  expect(links.map((link) => link.clientCloses)).toEqual([[{ code: 1000, reason: 'done' }]]);
  expect(ends).toEqual([{ code: 1000, reason: 'done', wasOpen: true }]);
  expect(states).toEqual([{ state: 'connecting' }]);
  expect(clock.timerCount).toBe(0);
});

test('a stop abandons the request for a session', async () => {
  let signal: AbortSignal | undefined;
  const { clock, states, connector } = setUpConnector({
    requestSession: (given) => {
      signal = given;
      return new Promise(() => {});
    },
  });
  connector.start();
  await clock.advance(10);
  expect(signal?.aborted).toBe(false);
  connector.stop();
  expect(signal?.reason).toMatchObject({ code: 'client_closed' });
  expect(clock.timerCount).toBe(0);
  await clock.advance(60_000);
  expect(states).toEqual([{ state: 'connecting' }]);
  expect(clock.timerCount).toBe(0);
});

test('a stop ends the wait, and a later start tries at once', async () => {
  const { clock, links, states, connector, serve } = setUpConnector();
  connector.start();
  await clock.advance(0);
  await serve(100, 1006);
  connector.stop();
  expect(clock.timerCount).toBe(0);
  await clock.advance(60_000);
  expect(links).toHaveLength(1);
  connector.start();
  await clock.advance(0);
  expect(links).toHaveLength(2);
  expect(states.map(({ state }) => state)).toEqual(['connecting', 'waiting', 'connecting']);
  connector.stop();
});

test('a refusal that repeating can mend is waited out, another one closes the client', async () => {
  const { clock, server, client, details } = setUpClient();
  server.faults.refuse.push(
    new SessionRefusedError('overloaded', 'full', { retryable: true, retryAfterMs: 5000 }),
    new SessionRefusedError('origin_not_allowed', 'no', { retryable: false }),
  );
  client.connect();
  await clock.advance(1);
  expect(details('state').at(-1)).toMatchObject({ state: 'waiting', retryInMs: 5000, cause: { code: 'overloaded' } });
  await clock.advance(5000);
  expect(details('state').at(-1)).toMatchObject({ state: 'closed', cause: { code: 'origin_not_allowed', retryable: false } });
  client.connect();
  await clock.advance(100);
  expect(client.state).toBe('open');
});

test('an unreachable server is tried again with growing waits, and at once on request', async () => {
  const { clock, server, client, details } = setUpClient();
  server.faults.unreachable = 4;
  client.connect();
  await clock.advance(0);
  client.connect();
  await clock.advance(500);
  await clock.advance(60_000);
  const waits = details('state').filter((state) => state.state === 'waiting');
  expect(waits.map((state) => state.retryInMs)).toEqual([250, 500, 1000, 2000]);
  expect(waits[0]?.cause?.code).toBe('server_unreachable');
  expect(client.state).toBe('open');
});

test('a server that does not answer in time is left, and a late transport is closed', async () => {
  const late: (() => void)[] = [];
  const server = { opened: 0, closed: 0 };
  const base = setUpClient();
  const { clock, client, details } = setUpClient({
    requestSession: base.server.requestSession,
    openTransport: () =>
      new Promise((resolve) => {
        late.push(async () => {
          server.opened++;
          const transport = await base.server.openTransport();
          resolve({ ...transport, close: () => server.closed++ } as never);
        });
      }),
    connectTimeoutMs: 1000,
  });
  client.connect();
  await clock.advance(1000);
  expect(details('state').at(-1)).toMatchObject({ state: 'waiting', cause: { code: 'server_unreachable' } });
  late[0]!();
  await clock.advance(1);
  expect(server).toEqual({ opened: 1, closed: 1 });
  await client.close();
});

test('a connection that another one replaced is not fought over', async () => {
  const { clock, server, client, details } = setUpClient();
  client.connect();
  await clock.advance(50);
  server.link!.close(4409);
  await clock.advance(50);
  expect(details('state').at(-1)).toMatchObject({ state: 'closed', cause: { code: 'connection_refused', closeCode: 4409 } });
});
