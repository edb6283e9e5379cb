import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startFileServer, wavBytes } from './support/file-server.ts';
import { startServer } from './support/test-server.ts';

/** Sends bytes and gives back all that comes until the server hangs up. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => {
      answer += data.toString();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

test('every answer has a request id and the security headers', async () => {
  const { base } = await startServer();
  for (const path of ['/healthz', '/nowhere', '/v1/stream']) {
    const { headers } = await fetch(`${base}${path}`);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('a fault of the server tells nothing of its inside', async () => {
  const { base, scheduler } = await startServer();
  scheduler.admit = () => {
    throw new Error('secret path /inside/the/server');
  };
  const response = await fetch(`${base}/v1/sessions`, { method: 'POST' });
  expect(response.status).toBe(500);
  const text = await response.text();
  expect(JSON.parse(text)).toEqual({ error: { code: 'internal', message: 'the server failed on this request', retryable: true } });
  expect(text).not.toContain('secret');
});

test.each([
  ['nonsense\r\n\r\n', '400'],
  ['GET / HTTP/1.1\r\nbad header\r\n\r\n', '400'],
  [`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, '431'],
])('what is not HTTP is answered with coded JSON and hung up on', async (text, status) => {
  const { port } = await startServer();
  const answer = await exchange(port, text);
  expect(answer).toContain(`HTTP/1.1 ${status} `);
  expect(answer).toContain('"code":"bad_message"');
});

test('what is not HTTP ends an answer that is under way and writes nothing into it', async () => {
  const { port, readers } = await startFileServer();
  readers.beforeClip = (index) => (index === 0 ? Promise.resolve() : new Promise(() => undefined));
  const part = (name: string) => `--b\r\ncontent-disposition: form-data; name="${name}"`;
  const fields = `${part('model')}\r\n\r\nfake\r\n${part('stream')}\r\n\r\ntrue\r\n`;
  const body = Buffer.concat([
    Buffer.from(`${fields}${part('file')}; filename="a.wav"\r\n\r\n`),
    wavBytes(2_000),
    Buffer.from('\r\n--b--\r\n'),
  ]);
  const head = `content-type: multipart/form-data; boundary=b\r\ncontent-length: ${body.length}`;
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket
    .on('error', () => undefined)
    .on('data', (data) => {
      answer += data.toString();
    });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(`POST /v1/audio/transcriptions HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n`);
  socket.write(body);
  await expect.poll(() => answer).toContain('word 1.');
  socket.write('nonsense\r\n\r\n');
  await closed;
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).not.toContain('HTTP/1.1 400');
});

test('a request that cannot be routed is answered like any other', async () => {
  const { port } = await startServer();
  const answer = await exchange(port, 'GET /%ff HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { retryable: false } });
});
