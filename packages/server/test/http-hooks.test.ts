import { connect } from 'node:net';
import { expect, test } from 'vitest';
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

test('a request that cannot be routed is answered like any other', async () => {
  const { port } = await startServer();
  const answer = await exchange(port, 'GET /%ff HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { retryable: false } });
});
