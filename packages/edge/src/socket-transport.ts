import type { Transport } from '@outspoken/client';
import { CLOSE_CODES, PROTOCOL_NAME, type SessionGrant, TICKET_PREFIX } from '@outspoken/protocol';

/** Messages that may wait to be read; a client that is this far behind is broken, and the connection ends. */
const MAXIMUM_WAITING_MESSAGES = 4_096;

/** The part of `WebSocket` that is used, so that a test can bring its own. */
export type SocketConstructor = new (url: URL, protocols: string[]) => WebSocket;

/**
 * Opens the stream of a granted session.
 *
 * @param serverUrl - Base address, ending in a slash.
 * @throws The signal's reason, or an Error when the socket closes before it opens.
 */
export function openSocket(serverUrl: URL, grant: SessionGrant, signal: AbortSignal, Socket: SocketConstructor): Promise<Transport> {
  signal.throwIfAborted();
  const url = new URL(grant.streamPath, serverUrl);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new Socket(url, [PROTOCOL_NAME, `${TICKET_PREFIX}${grant.ticket}`]);
  socket.binaryType = 'arraybuffer';
  const transport = new SocketTransport(socket);
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const options = { signal: settled.signal };
    const give = (act: () => void): void => {
      settled.abort();
      act();
    };
    socket.addEventListener('open', () => give(() => resolve(transport)), options);
    socket.addEventListener('close', (event) => give(() => reject(new Error(`the socket closed with ${event.code}`))), options);
    signal.addEventListener(
      'abort',
      () =>
        give(() => {
          socket.close();
          reject(signal.reason);
        }),
      options,
    );
  });
}

class SocketTransport implements Transport {
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  readonly #waiting: (string | Uint8Array)[] = [];
  #hasClosed = false;
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', (event) => this.#receive(event.data));
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', (event) => {
        this.#hasClosed = true;
        this.#wake();
        resolve({ code: event.code, reason: event.reason });
      });
    });
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get messages(): AsyncIterable<string | Uint8Array> {
    return this.#read();
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    // Before it opens a socket throws, after it closes it drops silently; neither is sent twice, the outbox keeps everything.
    if (this.#socket.readyState === WEBSOCKET_OPEN) {
      this.#socket.send(data);
    }
  }

  close(code: number = 1000, reason: string = ''): void {
    // A page may use 1000 and 3000-4999, any other throws. 1000 in its place would tell the server that we are done, so none is sent.
    if (code === 1000 || (code >= 3000 && code <= 4999)) {
      this.#socket.close(code, reason);
    } else {
      this.#socket.close();
    }
  }

  async *#read(): AsyncGenerator<string | Uint8Array> {
    while (true) {
      const message = this.#waiting.shift();
      if (message !== undefined) {
        yield message;
      } else if (this.#hasClosed) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #receive(data: unknown): void {
    if (this.#waiting.length >= MAXIMUM_WAITING_MESSAGES) {
      this.close(4400, CLOSE_CODES[4400].name);
      return;
    }
    if (typeof data === 'string') {
      this.#waiting.push(data);
    } else if (data instanceof ArrayBuffer) {
      this.#waiting.push(new Uint8Array(data));
    }
    this.#wake();
  }
}

const WEBSOCKET_OPEN = 1;
