import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { BodyDeadlines } from '../src/api/body-deadlines.ts';
import { ManualClock } from './support/manual-clock.ts';

const LIMITS = { bodyTimeoutMs: 5_000, uploadIdleMs: 30_000, uploadTimeoutMs: 100_000 };

/** A bare HTTP server under watch, and a client that sends the text of the test. */
async function bench(handle: (request: IncomingMessage, response: ServerResponse, deadlines: BodyDeadlines) => void = () => undefined) {
  const clock = new ManualClock();
  const deadlines = new BodyDeadlines({ clock, limits: LIMITS });
  const server = createServer();
  const slow: string[] = [];
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    slow.push(error.code ?? '');
    socket.end('HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n');
  });
  deadlines.watch(server);
  let handled = 0;
  server.on('request', (request, response) => {
    handle(request, response, deadlines);
    handled += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const client = { text: '', isClosed: false };
  socket.setEncoding('latin1').on('data', (text: string) => {
    client.text += text;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    client.isClosed = true;
  });
  onTestFinished(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  await once(socket, 'connect');
  const send = async (text: string, requests = 1): Promise<void> => {
    const before = handled;
    socket.write(text);
    await expect.poll(() => handled).toBe(before + requests);
  };
  return { clock, socket, client, slow, send };
}

const POST = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\n';

test('a body that does not come in time ends with 408', async () => {
  const { clock, client, slow, send } = await bench();
  await send(`${POST}a`);
  clock.advance(4_999);
  expect(slow).toEqual([]);
  clock.advance(1);
  await expect.poll(() => client.text).toContain('408');
  expect(slow[0]).toBe('ERR_HTTP_REQUEST_TIMEOUT');
});

test('a request without a body, and one that came whole, are not watched any more', async () => {
  const { clock, client, slow, send } = await bench((request, response) => {
    request.resume().on('end', () => response.end('ok'));
  });
  await send('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  expect(clock.pending).toBe(0);
  await send(`${POST}abc`);
  await expect.poll(() => clock.pending).toBe(0);
  clock.advance(10_000);
  expect(slow).toEqual([]);
  expect(client.isClosed).toBe(false);
});

test('a body that nobody reads and that never ends goes with its connection', async () => {
  const { clock, client, slow, send } = await bench((_request, response) => response.end('no'));
  await send(`${POST}a`);
  await expect.poll(() => client.text).toContain('no');
  clock.advance(5_000);
  await expect.poll(() => client.isClosed).toBe(true);
  expect(slow).toEqual([]);
});

test('an upload has as long as bytes come, and a total', async () => {
  const expired: string[] = [];
  let serverBytes = (): number => 0;
  const { clock, socket, send } = await bench((request, _response, deadlines) => {
    request.resume();
    serverBytes = () => request.socket.bytesRead;
    deadlines.allowUpload(request, () => expired.push('expired'));
  });
  await send('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n');
  for (let waitedMs = 0; waitedMs < 90_000; waitedMs += 10_000) {
    const before = serverBytes();
    socket.write('x');
    await expect.poll(serverBytes).toBe(before + 1);
    clock.advance(10_000);
  }
  expect(expired).toEqual([]);
  clock.advance(10_000);
  expect(expired).toEqual(['expired']);
});

test('an upload that falls silent expires between one and one and a half times the limit', async () => {
  const expired: string[] = [];
  const { clock, send } = await bench((request, _response, deadlines) => {
    deadlines.allowUpload(request, () => expired.push('expired'));
  });
  await send(`${POST}a`);
  clock.advance(29_999);
  expect(expired).toEqual([]);
  clock.advance(15_001);
  expect(expired).toEqual(['expired']);
});

test('what is left of an upload that was ended early has the time of any body, then its connection goes', async () => {
  let end = (): void => undefined;
  const { clock, client, send } = await bench((request, response, deadlines) => {
    end = deadlines.allowUpload(request, () => undefined);
    response.end('too large');
  });
  await send(`${POST}a`);
  end();
  clock.advance(4_999);
  await expect.poll(() => client.text).toContain('too large');
  expect(client.isClosed).toBe(false);
  clock.advance(1);
  await expect.poll(() => client.isClosed).toBe(true);
});

test('a client that asks first is told to go on when its request is wanted, and once', async () => {
  const asking = 'POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n';
  const { client, send, socket } = await bench((request, response, deadlines) => {
    deadlines.invite(request, response);
    deadlines.invite(request, response);
    request.resume().on('end', () => response.end('thanks'));
  });
  await send(asking);
  await expect.poll(() => client.text).toContain('100 Continue');
  socket.write('abc');
  await expect.poll(() => client.text).toContain('thanks');
  expect(client.text.match(/100 Continue/g)).toHaveLength(1);
});

test('a client that asks first and is refused sends nothing', async () => {
  const { client, send } = await bench((_request, response) => {
    response.statusCode = 413;
    response.end('no');
  });
  const socketClosed = expect.poll(() => client.isClosed).toBe(true);
  await send('POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n');
  await socketClosed;
  expect(client.text).toMatch(/^HTTP\/1\.1 413 /);
});
