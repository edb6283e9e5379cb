import { once } from 'node:events';
import { connect } from 'node:net';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { buildServer } from '../src/build-server.ts';
import { end, frameBytes, HELLO, start, tone } from './support/speech.ts';
import { openSocket, RawClient, startServer, ticketFrom, upgradeStatus } from './support/test-server.ts';

test.each([
  [{ basePath: 'speech' }, RangeError],
  [{ basePath: '/speech/' }, RangeError],
  [{ webRoot: 'dist' }, RangeError],
  [{ allowedOrigins: ['*'] }, TypeError],
  [{ session: { windowClips: 0 } }, RangeError],
  [{ stream: { byteBurst: 0 } }, RangeError],
  [{ http: { heartbeatMs: 30_000 } }, RangeError],
  [{ files: { maximumUploads: 0 } }, RangeError],
])('refuses %j', async (options, type) => {
  await expect(startServer(options)).rejects.toThrow(type);
});

test('does not listen by itself', async () => {
  const running = await startServer();
  const { app } = await buildServer({ scheduler: running.scheduler, dispatcher: running.dispatcher, metrics: running.metrics });
  expect(app.server.listening).toBe(false);
  await app.close();
});

test('counts the connections that are more than it holds', async () => {
  const { app, port, metrics } = await startServer();
  app.server.maxConnections = 1;
  const kept = connect(port, '127.0.0.1');
  await once(kept, 'connect');
  await once(connect(port, '127.0.0.1'), 'close');
  expect(metrics.count('rejected', 'too_many_connections')).toBe(1);
  kept.destroy();
});

test('limits how slowly a request may come: its headers, and its body', async () => {
  const { app, port, base, clock } = await startServer();
  expect(app.server.headersTimeout).toBe(5_000);
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => {
    answer += data.toString();
  });
  const hungUp = once(socket, 'close');
  socket.write('POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{');
  // Answered over another connection: by then the server has read the other one too.
  await fetch(`${base}/healthz`);
  clock.advance(5_000);
  await hungUp;
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

test('drains: clients are told, the clip in flight finishes, then every socket is closed with 1001', async () => {
  const server = await startServer();
  const busy = await RawClient.open(server.base);
  const mute = await RawClient.connect(server.base);
  const late = `ticket.${await ticketFrom(server.base)}`;
  busy.send(start(0));
  busy.send(frameBytes(0, tone(2_000)));
  await busy.sync();
  const drained = server.drain(10_000);
  expect(await busy.next('going_away')).toMatchObject({ reason: 'draining', retryAfterMs: 2_500 });
  expect((await mute.closed).code).toBe(1001);
  expect(await upgradeStatus(openSocket(server.base, ['asr.v1', late]))).toBe(503);
  busy.send(start(1));
  expect(await busy.next('busy')).toMatchObject({ clipId: start(1).clipId });
  busy.send(end(0, 2_000));
  await busy.sync();
  server.dispatcher.running[0]?.finish();
  await drained;
  expect((await busy.closed).code).toBe(1001);
  expect(busy.received.at(-1)).toMatchObject({ type: 'final', clipId: start(0).clipId });
  await server.app.close();
});

test('drains no longer than it may', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  client.send(start(0));
  await client.sync();
  const drained = server.drain(3_000);
  server.clock.advance(3_000);
  await drained;
  expect((await client.closed).code).toBe(1001);
});

test('a client that does not answer the close frame is cut off', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  client.socket.pause();
  const drained = server.drain(0);
  await Promise.resolve();
  await expect
    .poll(() => {
      server.clock.advance(1_000);
      return server.metrics.count('connectionClosed');
    })
    .toBe(1);
  await drained;
});

test('closing without draining closes every socket with 1001', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  await server.app.close();
  expect((await client.closed).code).toBe(1001);
});

test.each([
  ['never finishes its request', 'POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{'],
  ['drips its headers', 'GET /healthz HTTP/1.1\r\nhost:'],
])('a client that %s does not hold up the close for longer than a second', async (_name, request) => {
  const server = await startServer();
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  const hungUp = once(socket.resume(), 'close');
  socket.write(request);
  // Answered over another connection: by then the server has read the other one too.
  await fetch(`${server.base}/healthz`);
  let isClosed = false;
  const closed = server.app.close().then(() => {
    isClosed = true;
  });
  await expect
    .poll(() => {
      server.clock.advance(1_000);
      return isClosed;
    })
    .toBe(true);
  await closed;
  await hungUp;
});

test('nothing that was said, no audio and no secret is in the log', async () => {
  let log = '';
  const append = (line: string): void => {
    log += line;
  };
  const logger = pino({ level: 'trace' }, { write: append });
  const server = await startServer({ logger });
  const ticket = await ticketFrom(server.base);
  const client = await RawClient.connect(server.base);
  client.send(HELLO);
  const { resumeToken } = await client.next('welcome');
  client.send('{"canary-garbage":');
  client.send('{"type":"canary-type"}');
  client.send(start(0));
  client.send(frameBytes(0, tone(2_000)));
  client.send(end(0, 2_000));
  client.send(start(1));
  client.send(frameBytes(1, tone(2_000)));
  client.send(end(1, 2_000));
  await client.sync();
  const [first, second] = [...server.dispatcher.running];
  Object.assign(first?.job ?? {}, { jobId: 'canary-transcript' });
  first?.finish();
  expect(await client.next('final')).toMatchObject({ text: 'canary-transcript' });
  second?.fail(new Error('worker lost'));
  await client.next('error');
  await upgradeStatus(openSocket(server.base, ['asr.v1', 'ticket.canary-ticket'], { origin: 'https://canary-origin.test' }));
  await fetch(`${server.base}/nowhere?token=canary-query`);
  await fetch(`${server.base}/v1/sessions?token=canary-query`, { method: 'POST', headers: { authorization: 'canary-key' } });
  await server.drain(0);
  await server.app.close();
  expect(log).toContain('clip finished');
  expect(log).toContain('request finished');
  for (const secret of ['canary', ticket, resumeToken, '0.03125', 'OS\\u0001']) expect(log).not.toContain(secret);
  const lines = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const withoutRequest = lines.filter((line) => line['reqId'] === undefined).map((line) => line['msg']);
  expect(withoutRequest.filter((message) => message !== 'drained' && !String(message).startsWith('Server listening'))).toEqual([]);
});
