import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openSocket, RawClient, startServer, ticketFrom, upgradeStatus } from './support/test-server.ts';

test('a ticket opens one socket, and only the protocol is echoed', async () => {
  const { base } = await startServer();
  const ticket = `ticket.${await ticketFrom(base)}`;
  const socket = openSocket(base, ['asr.v1', ticket]);
  expect(await upgradeStatus(socket)).toBe(101);
  expect(socket.protocol).toBe('asr.v1');
  expect(await upgradeStatus(openSocket(base, ['asr.v1', ticket]))).toBe(401);
});

test('of 50 racing uses of one ticket exactly one gets in', async () => {
  const { base } = await startServer();
  const ticket = `ticket.${await ticketFrom(base)}`;
  const statuses = await Promise.all(Array.from({ length: 50 }, () => upgradeStatus(openSocket(base, ['asr.v1', ticket]))));
  expect(statuses.filter((status) => status === 101)).toHaveLength(1);
  expect(statuses.filter((status) => status === 401)).toHaveLength(49);
});

test('an expired ticket is refused', async () => {
  const { base, clock } = await startServer();
  const ticket = `ticket.${await ticketFrom(base)}`;
  clock.advance(60_000);
  expect(await upgradeStatus(openSocket(base, ['asr.v1', ticket]))).toBe(401);
});

test.each([
  [['asr.v1'], 401],
  [['asr.v1', 'ticket.nonsense'], 401],
  [['asr.v2', 'ticket.nonsense'], 400],
])('the offer %j is refused with %i', async (protocols, status) => {
  const { base } = await startServer();
  expect(await upgradeStatus(openSocket(base, protocols))).toBe(status);
});

test('a page of a foreign origin is refused before the upgrade and its ticket is not used up', async () => {
  const { base, port } = await startServer({ allowedOrigins: ['https://app.example'] });
  const ticket = `ticket.${await ticketFrom(base)}`;
  const statusOf = (origin: string) => upgradeStatus(openSocket(base, ['asr.v1', ticket], { origin }));
  for (const origin of ['null', 'https://evil.test', `http://127.0.0.1:${port}0`, 'https://app.example.evil.test']) {
    expect(await statusOf(origin)).toBe(403);
  }
  expect(await statusOf('https://app.example')).toBe(101);
  const own = openSocket(base, ['asr.v1', `ticket.${await ticketFrom(base)}`], { origin: `http://127.0.0.1:${port}` });
  expect(await upgradeStatus(own)).toBe(101);
});

test('compression is not negotiated', async () => {
  const { base } = await startServer();
  const client = await RawClient.connect(base);
  expect(client.socket.extensions).toBe('');
});

test('an upgrade on any other address is refused, and the socket is closed', async () => {
  const { port, base } = await startServer();
  for (const path of ['/healthz', '/nowhere', '/v1/sessions']) {
    expect(await upgradeStatus(new WebSocket(`${base.replace('http', 'ws')}${path}`))).toBe(404);
  }
  const raw = connect(port, '127.0.0.1');
  const closed = new Promise((resolve) => raw.on('close', resolve));
  raw.resume().write('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
  await closed;
});

test('a plain request is told to upgrade', async () => {
  const { base } = await startServer();
  const response = await fetch(`${base}/v1/stream`);
  expect(response.status).toBe(426);
  expect(await response.json()).toMatchObject({ error: { code: 'unsupported_protocol' } });
});

test('a message in thousands of fragments closes the socket', async () => {
  const { base } = await startServer();
  const client = await RawClient.connect(base);
  for (let i = 0; i < 1_000; i++) client.socket.send('x', { fin: false });
  expect((await client.closed).code).toBe(1008);
});

test('everything works under a sub-path', async () => {
  const { base } = await startServer({ basePath: '/speech/api' });
  const client = await RawClient.open(base);
  await client.sync();
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
});
