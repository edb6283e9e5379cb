import { expect, test } from 'vitest';
import { openSocket, type SocketConstructor } from '../src/socket-transport.ts';
import { FakeSocket } from './support/fake-socket.ts';

const GRANT = {
  ticket: 'abcdefghijklmnop',
  expiresInMs: 30_000,
  streamPath: 'v1/stream',
  protocol: 'asr.v1' as const,
  limits: { maximumClipMs: 30_000, maximumFrameBytes: 262_144, stallMs: 5000 },
};

function open(serverUrl = 'https://app.example/speech/', signal = new AbortController().signal) {
  const opening = openSocket(new URL(serverUrl), GRANT, signal, FakeSocket as unknown as SocketConstructor);
  opening.catch(() => undefined);
  return { opening, socket: FakeSocket.all.at(-1)! };
}

async function opened() {
  const { opening, socket } = open();
  socket.open();
  return { transport: await opening, socket };
}

test('opens the granted stream with protocol and ticket', async () => {
  const { socket } = await opened();
  expect(socket.url).toBe('wss://app.example/speech/v1/stream');
  expect(socket.protocols).toEqual(['asr.v1', 'ticket.abcdefghijklmnop']);
  expect(socket.binaryType).toBe('arraybuffer');
  expect(open('http://127.0.0.1:8080/').socket.url).toBe('ws://127.0.0.1:8080/v1/stream');
});

test('rejects when the socket closes before it opens, and closes it on abort', async () => {
  const first = open();
  first.socket.drop(1006);
  await expect(first.opening).rejects.toThrow(/1006/);
  const abort = new AbortController();
  const second = open(undefined, abort.signal);
  abort.abort(new Error('stopped'));
  await expect(second.opening).rejects.toThrow('stopped');
  expect(second.socket.closedWith).toBeDefined();
});

test('delivers messages in order, those before the first read included, and ends with the connection', async () => {
  const { transport, socket } = await opened();
  socket.receive('one');
  socket.receive(Uint8Array.of(1, 2).buffer);
  const read: (string | Uint8Array)[] = [];
  const reading = (async () => {
    for await (const message of transport.messages) read.push(message);
  })();
  await Promise.resolve();
  socket.receive('three');
  socket.drop(1001, 'draining');
  await reading;
  expect(read).toEqual(['one', Uint8Array.of(1, 2), 'three']);
  expect(await transport.closed).toEqual({ code: 1001, reason: 'draining' });
});

test('sends only while the connection is open', async () => {
  const { transport, socket } = await opened();
  transport.send('a');
  socket.drop();
  transport.send('b');
  expect(socket.sent).toEqual(['a']);
});

test('closes with the codes that a page may use, and without one for any other', async () => {
  const first = await opened();
  first.transport.close(1011, 'internal');
  expect(first.socket.closedWith).toEqual({ code: 1005, reason: '' });
  const second = await opened();
  second.transport.close(4408, 'idle');
  expect(second.socket.closedWith).toEqual({ code: 4408, reason: 'idle' });
});

test('gives up a connection whose messages nobody reads', async () => {
  const { socket } = await opened();
  for (let index = 0; index <= 4096; index += 1) socket.receive('x');
  expect(socket.closedWith).toMatchObject({ code: 4400 });
});
