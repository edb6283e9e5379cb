import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AudioFrame, type ClientMessage, decodeAudioFrame, PROTOCOL_NAME, parseClientMessage } from '@outspoken/protocol';
import { WebSocket, WebSocketServer } from 'ws';

/** What went over the wire from client to server, in order. */
export type WireItem =
  | { readonly type: 'frame'; readonly frame: AudioFrame }
  | { readonly type: 'message'; readonly message: ClientMessage };

/** Stands between a browser and a server, passes everything on, and writes down all that the browser sends over its sockets. */
export class RecordingProxy implements AsyncDisposable {
  readonly items: WireItem[] = [];
  /** Bytes of HTTP request bodies and WebSocket messages that the browser sent. */
  sentBytes = 0;
  readonly #upstream: URL;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => PROTOCOL_NAME, perMessageDeflate: false });

  private constructor(upstream: string) {
    this.#upstream = new URL(upstream);
    this.#server = createServer((incoming, outgoing) => {
      const { method, url, headers } = incoming;
      incoming.on('data', (chunk: Buffer) => {
        this.sentBytes += chunk.length;
      });
      const onward = request(new URL(url ?? '/', this.#upstream), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.once('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    this.#server.on('upgrade', (incoming, socket, head) => this.#upgrade(incoming, socket, head));
  }

  /** Listens on a free port of this machine. */
  static async start(upstream: string): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(upstream);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.#upstream.pathname}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.clients) {
      socket.terminate();
    }
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const protocols = (incoming.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const url = new URL(incoming.url ?? '/', this.#upstream);
    url.protocol = 'ws:';
    const { host = '', origin = '' } = incoming.headers;
    const onward = new WebSocket(url, protocols, { headers: { host, origin }, perMessageDeflate: false });
    onward.once('error', () => socket.destroy());
    onward.once('open', () => {
      this.#sockets.handleUpgrade(incoming, socket, head, (client) => this.#join(client, onward));
    });
  }

  #join(client: WebSocket, onward: WebSocket): void {
    client.on('message', (data: Buffer, isBinary) => {
      this.sentBytes += data.length;
      this.items.push(
        isBinary
          ? { type: 'frame', frame: decodeAudioFrame(new Uint8Array(data)) }
          : { type: 'message', message: parseClientMessage(data.toString('utf8')) },
      );
      onward.send(data, { binary: isBinary });
    });
    onward.on('message', (data, isBinary) => client.send(data as Buffer, { binary: isBinary }));
    client.on('close', () => onward.close());
    onward.on('close', (code, reason) => client.close(code === 1005 || code === 1006 ? 1001 : code, reason));
  }
}
