import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { HubFile } from '../src/manifest.ts';

/** What the hub does with one request before it behaves. */
export type Fault =
  | { readonly type: 'cut'; readonly afterBytes: number }
  | { readonly type: 'status'; readonly statusCode: number }
  | { readonly type: 'body'; readonly body: Buffer }
  | { readonly type: 'endless' };

/** A hub on a port of its own that serves one content under every path, with ranges and an entity tag. */
export class LocalHub {
  readonly url: string;
  /** The range that each request asked for. */
  readonly ranges: (string | undefined)[] = [];
  /** Paths that were asked for. */
  readonly paths: (string | undefined)[] = [];
  content: Buffer;
  /** Taken from the front, one for each request. */
  readonly faults: Fault[] = [];

  private constructor(url: string, content: Buffer) {
    this.url = url;
    this.content = content;
  }

  static async start(content: Buffer): Promise<LocalHub> {
    const server = createServer((request, response) => hub.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const hub = new LocalHub(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, content);
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return hub;
  }

  get etag(): string {
    return `"${createHash('sha256').update(this.content).digest('hex')}"`;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.paths.push(request.url);
    this.ranges.push(request.headers.range);
    const fault = this.faults.shift();
    if (fault?.type === 'status') {
      response.writeHead(fault.statusCode).end('no');
      return;
    }
    const body = fault?.type === 'body' ? fault.body : this.content;
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const isPartial = start > 0 && request.headers['if-range'] === this.etag;
    if (isPartial && start >= body.length) {
      response.writeHead(416).end();
      return;
    }
    const rest = isPartial ? body.subarray(start) : body;
    const range = isPartial ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {};
    const length = fault?.type === 'endless' ? {} : { 'content-length': rest.length };
    response.writeHead(isPartial ? 206 : 200, { etag: this.etag, ...length, ...range });
    if (fault?.type === 'cut') {
      response.write(rest.subarray(0, fault.afterBytes), () => response.destroy());
    } else if (fault?.type === 'endless') {
      response.write(rest);
    } else {
      response.end(rest);
    }
  }
}

/** What a manifest would pin of a content. */
export function pin(content: Buffer, path = '/weights/model.onnx'): HubFile {
  return {
    url: `https://hub.example${path}`,
    sizeBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'outspoken-models-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
