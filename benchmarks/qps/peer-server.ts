// The plain peer: what somebody writes around sherpa-onnx-node in an afternoon. A whole clip comes in as one message and its text
// goes out as another; clips wait in one queue. It neither limits nor refuses anything.
import type { AddressInfo } from 'node:net';
import { decodePcm } from '@outspoken/audio';
import { type WebSocket, WebSocketServer } from 'ws';
import { loadSherpaOnnx } from '../support/sherpa-onnx.ts';
import { CLIP_HEADER_BYTES, type PlainAnswer } from './plain-socket.ts';

const [atOnce = 1, threads = 1] = process.argv.slice(2).map(Number);
const transcribe = await loadSherpaOnnx({ threads });
const queue: { readonly socket: WebSocket; readonly clip: Buffer }[] = [];
let busyCount = 0;

async function work(): Promise<void> {
  busyCount += 1;
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { socket, clip } = next;
    if (socket.readyState === socket.OPEN) {
      const text = await transcribe(decodePcm(clip.subarray(CLIP_HEADER_BYTES), 'pcm_s16le'));
      socket.send(JSON.stringify([clip.readUInt32LE(0), text] satisfies PlainAnswer));
    }
  }
  busyCount -= 1;
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('message', (clip: Buffer) => {
    queue.push({ socket, clip });
    if (busyCount < atOnce) {
      void work();
    }
  });
});
server.on('listening', () => process.send?.(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('disconnect', () => process.exit());
