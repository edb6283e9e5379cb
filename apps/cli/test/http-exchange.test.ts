import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exchange } from '../src/transcriber/http-exchange.ts';
import { multipartBody } from '../src/transcriber/multipart.ts';
import { temporaryFolder } from './support/context.ts';
import { startServer } from './support/speech-server.ts';
import { writeBytes } from './support/tone.ts';

const { signal } = new AbortController();

function bodyOf(sizeBytes: number): ReturnType<typeof multipartBody> {
  const path = join(temporaryFolder(), 'a.wav');
  writeBytes(path, sizeBytes);
  return multipartBody({ fields: [], file: { path, name: 'a.wav', mediaType: 'audio/wav', sizeBytes } });
}

test('sends a body and gives the whole answer', async () => {
  const { url, seen } = await startServer((_, response) => response.writeHead(201, { 'x-test': 'yes' }).end('gut, größer'));
  const body = bodyOf(300_000);
  expect(await exchange(url, { signal, body })).toMatchObject({ status: 201, text: 'gut, größer', headers: { 'x-test': 'yes' } });
  expect(seen[0]).toMatchObject({ method: 'POST', headers: { 'content-length': String(body.lengthBytes) } });
  expect(seen[0]!.body.length).toBe(body.lengthBytes);
});

test('takes the answer of a server that does not want the rest', async () => {
  const server = createServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 413 Payload Too Large\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno'));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const answer = await exchange(new URL(`http://127.0.0.1:${port}/`), { signal, body: bodyOf(50_000) });
  expect(answer).toMatchObject({ status: 413, text: 'no' });
  server.close();
});

test('says that nobody answers there', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  await expect(exchange(new URL(`http://127.0.0.1:${port}/`), { signal, body: bodyOf(10) })).rejects.toMatchObject({
    code: 'server_unreachable',
    message: `cannot talk to the server at http://127.0.0.1:${port} (ECONNREFUSED), check the address and that it runs`,
  });
});

test('says that the server went away in the middle', async () => {
  const { url } = await startServer((_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => response.destroy());
  });
  await expect(exchange(url, { signal })).rejects.toMatchObject({ code: 'server_unreachable' });
});

test('stops when told to', async () => {
  const stopping = new AbortController();
  const reason = new Error('stopped by hand');
  const { url } = await startServer(() => stopping.abort(reason));
  await expect(exchange(url, { signal: stopping.signal, body: bodyOf(10) })).rejects.toBe(reason);
});
