import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { sessionRequester } from './node-transport.ts';
import type { ServerProcess } from './server-process.ts';

const ANSWER_LIMIT_MS = 3_000;

/** Asks a server for a ticket. */
export async function ticketFrom(serverUrl: string): Promise<string> {
  return (await sessionRequester(serverUrl)(AbortSignal.timeout(10_000))).ticket;
}

/** Offers these subprotocols and headers; resolves with 101, or the status of the refusal. */
export async function upgradeStatus(serverUrl: string, protocols: string[], headers: Record<string, string> = {}): Promise<number> {
  const url = new URL('v1/stream', serverUrl.replace('http', 'ws'));
  const socket = new WebSocket(url, protocols, { headers });
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
}

/** A TCP connection to a server on which exactly these bytes are sent; what comes back is not read. */
export async function openRaw(serverUrl: string, bytes: string): Promise<Socket> {
  const socket = connect(Number(new URL(serverUrl).port), '127.0.0.1');
  socket.on('error', () => {
    // The server may hang up at any moment: that is what the tests are about.
  });
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

/** Resolves when a socket is gone, whether it was closed or broke. */
export function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** Sends bytes and returns the status of the answer; 0 when the server hangs up without one. */
export async function rawStatus(serverUrl: string, bytes: string): Promise<number> {
  const socket = await openRaw(serverUrl, bytes);
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  await Promise.race([gone(socket), wait(ANSWER_LIMIT_MS, undefined, { ref: false })]);
  socket.destroy();
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

/** A bare socket on which the server speaks `asr.v1`; it is not read. */
export async function openStream(serverUrl: string): Promise<Socket> {
  const url = new URL('v1/stream', serverUrl);
  const head = [
    `GET ${url.pathname} HTTP/1.1`,
    `Host: ${url.host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Sec-WebSocket-Protocol: asr.v1, ticket.${await ticketFrom(serverUrl)}`,
  ];
  const socket = await openRaw(serverUrl, `${head.join('\r\n')}\r\n\r\n`);
  await once(socket, 'readable');
  return socket;
}

/** A masked WebSocket frame with a payload of less than 64 KiB; the mask is 0. */
export function webSocketFrame(opcode: number, payload: Uint8Array): Buffer {
  const isShort = payload.length < 126;
  const head = Buffer.alloc(isShort ? 6 : 8);
  head.writeUInt8(0x80 | opcode, 0);
  head.writeUInt8(0x80 | (isShort ? payload.length : 126), 1);
  if (!isShort) {
    head.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([head, payload]);
}

/** Process ids of a server's workers. */
export function workerPids(server: ServerProcess): number[] {
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(server.pid)], { encoding: 'utf8' });
  return children
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
}

/** Memory of a server's own process, in MiB. */
export function residentMiB(server: ServerProcess): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(server.pid)], { encoding: 'utf8' })) / 1024;
}
