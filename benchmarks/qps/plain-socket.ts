import { once } from 'node:events';
import { WebSocket } from 'ws';
import { concatenate } from './load-recording.ts';
import type { ClipListener, LoadSocket, SentClip } from './load-socket.ts';

/** Bytes in front of a clip: its number, little endian. */
export const CLIP_HEADER_BYTES = 4;

/** What the plain server answers for a clip. */
export type PlainAnswer = readonly [clipNumber: number, text: string];

/** The protocol of the plain server: a whole clip as one binary message, its text as one JSON message. */
export class PlainSocket implements LoadSocket {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, ClipListener>();
  #nextNumber = 0;

  private constructor(socket: WebSocket, onTrouble: (code: string) => void) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const [clipNumber, text] = JSON.parse(String(data)) as PlainAnswer;
      const listener = this.#pending.get(clipNumber);
      this.#pending.delete(clipNumber);
      listener?.answered({ type: 'final', text, effort: undefined });
    });
    socket.on('error', () => onTrouble('socket_error'));
    socket.on('close', (code) => {
      if (this.#pending.size > 0) {
        onTrouble(`closed_${code}`);
        this.#abandon({ type: 'rejected', code: 'connection_lost' });
      }
    });
  }

  /** Connects to a plain server. */
  static async open(url: string, onTrouble: (code: string) => void): Promise<PlainSocket> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, 'open');
    return new PlainSocket(socket, onTrouble);
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  startClip(_start: unknown, listener: ClipListener): SentClip {
    const clipNumber = this.#nextNumber;
    this.#nextNumber += 1;
    this.#pending.set(clipNumber, listener);
    const parts: Int16Array[] = [];
    return {
      clipId: String(clipNumber),
      push: (samples) => parts.push(samples),
      maybeEnd: () => undefined,
      end: () => this.#socket.send(encodeClip(clipNumber, concatenate(parts))),
      cancel: () => this.#pending.delete(clipNumber),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abandon({ type: 'unanswered' });
    this.#socket.terminate();
  }

  #abandon(answer: Parameters<ClipListener['answered']>[0]): void {
    const listeners = [...this.#pending.values()];
    this.#pending.clear();
    for (const listener of listeners) {
      listener.answered(answer);
    }
  }
}

function encodeClip(clipNumber: number, samples: Int16Array): Uint8Array {
  const message = Buffer.alloc(CLIP_HEADER_BYTES + samples.byteLength);
  message.writeUInt32LE(clipNumber, 0);
  message.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), CLIP_HEADER_BYTES);
  return message;
}
