import { once } from 'node:events';
import { type OpenTransport, type RequestSession, SessionRefusedError, type Transport, type TransportClose } from '@outspoken/client';
import { PROTOCOL_NAME, parseRefusalBody, parseSessionGrant, TICKET_PREFIX } from '@outspoken/protocol';
import { type RawData, WebSocket } from 'ws';

function toMessage(data: RawData, isBinary: boolean): string | Uint8Array {
  const buffer = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
  return isBinary ? new Uint8Array(buffer) : buffer.toString('utf8');
}

/** A `ws` socket as the client's transport. */
export class NodeTransport implements Transport {
  readonly socket: WebSocket;
  readonly closed: Promise<TransportClose>;
  readonly messages: AsyncIterable<string | Uint8Array>;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => {
      // Always followed by `close`, which says what the client needs.
    });
    this.closed = once(socket, 'close').then(([code, reason]) => ({ code: code as number, reason: String(reason) }));
    this.messages = this.#receive();
  }

  get bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  send(data: string | Uint8Array): void {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(data);
    }
  }

  close(code = 1000, reason = ''): void {
    this.socket.close(code, reason);
  }

  #receive(): AsyncIterable<string | Uint8Array> {
    const waiting: (string | Uint8Array)[] = [];
    let isClosed = false;
    let wake: (() => void) | undefined;
    this.socket.on('message', (data, isBinary) => {
      waiting.push(toMessage(data, isBinary));
      wake?.();
    });
    this.socket.on('close', () => {
      isClosed = true;
      wake?.();
    });
    return {
      async *[Symbol.asyncIterator]() {
        while (true) {
          while (waiting.length > 0) {
            yield waiting.shift() as string | Uint8Array;
          }
          if (isClosed) {
            return;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
    };
  }
}

/** Asks a server for a session by fetch, as the browser SDK does. */
export function sessionRequester(serverUrl: string): RequestSession {
  return async (signal) => {
    const response = await fetch(new URL('v1/sessions', serverUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sdk: { name: 'outspoken-node', version: '0.1.0' } }),
      signal,
    });
    const body: unknown = await response.json();
    if (!response.ok) {
      const { error } = parseRefusalBody(body);
      throw new SessionRefusedError(error.code, error.message, { retryable: error.retryable, retryAfterMs: error.retryAfterMs });
    }
    return parseSessionGrant(body);
  };
}

/** Opens the socket of a grant; `onOpen` sees each transport, so that a test can cut it. */
export function transportOpener(
  serverUrl: string,
  onOpen?: (transport: NodeTransport) => void,
): (...parameters: Parameters<OpenTransport>) => Promise<NodeTransport> {
  return async (grant, signal) => {
    const url = new URL(grant.streamPath, serverUrl);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, [PROTOCOL_NAME, `${TICKET_PREFIX}${grant.ticket}`], { perMessageDeflate: false });
    const transport = new NodeTransport(socket);
    await once(socket, 'open', { signal });
    onOpen?.(transport);
    return transport;
  };
}
