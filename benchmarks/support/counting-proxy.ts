import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

/** One answer as the server sent it. */
export interface Answer {
  readonly method: string;
  /** Path below the server's address, without the query. */
  readonly path: string;
  readonly status: number;
  /** `content-encoding`, or `none`. */
  readonly encoding: string;
  /** Status line and headers. */
  readonly headerBytes: number;
  /** The body as it is on the wire: compressed where it is compressed. */
  readonly bodyBytes: number;
}

/** Stands between a browser and a server and counts every answer, whichever thread of the browser asked. Sockets pass uncounted. */
export class CountingProxy implements AsyncDisposable {
  readonly answers: Answer[] = [];
  readonly #upstream: URL;
  readonly #server: Server;

  private constructor(upstream: string) {
    this.#upstream = new URL(upstream);
    this.#server = createServer((incoming, outgoing) => {
      const onward = this.#ask(incoming);
      onward.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        this.#count(incoming, answer);
      });
      onward.once('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    this.#server.on('upgrade', (incoming, socket) => this.#tunnel(incoming, socket));
  }

  /** Listens on a free port of this machine. */
  static async start(upstream: string): Promise<CountingProxy> {
    const proxy = new CountingProxy(upstream);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.#upstream.pathname}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #ask(incoming: IncomingMessage): ReturnType<typeof request> {
    const { method, url, headers } = incoming;
    return request(new URL(url ?? '/', this.#upstream), { method, headers });
  }

  #count(incoming: IncomingMessage, answer: IncomingMessage): void {
    let bodyBytes = 0;
    answer.on('data', (chunk: Buffer) => {
      bodyBytes += chunk.length;
    });
    answer.once('end', () => {
      const { statusCode: status = 0, statusMessage = '', rawHeaders, headers } = answer;
      // "HTTP/1.1 200 OK", then "name: value" for each header, each line with its end, and the empty line.
      const headerBytes = rawHeaders.reduce(
        (total, part) => total + Buffer.byteLength(part) + 2,
        `HTTP/1.1 ${status} ${statusMessage}`.length + 4,
      );
      const path = new URL(incoming.url ?? '/', this.#upstream).pathname.slice(this.#upstream.pathname.length);
      const { method = 'GET' } = incoming;
      this.answers.push({ method, path, status, encoding: headers['content-encoding'] ?? 'none', headerBytes, bodyBytes });
    });
  }

  #tunnel(incoming: IncomingMessage, socket: Duplex): void {
    const onward = this.#ask(incoming);
    onward.on('upgrade', (answer, upstream) => {
      const headers = answer.rawHeaders.map((part, index) => (index % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`);
      socket.pipe(upstream).pipe(socket);
      // Either side may vanish: the other one then ends by itself.
      upstream.once('error', () => socket.destroy());
      socket.once('error', () => upstream.destroy());
    });
    onward.once('error', () => socket.destroy());
    onward.end();
  }
}
