import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Clock } from '../session/clock.ts';
import type { HttpOptions } from './http-options.ts';

/** Node counts a request that came too slowly under this code; so do we. */
const TOO_SLOW = 'ERR_HTTP_REQUEST_TIMEOUT';

/** What {@link BodyDeadlines} is made of. */
export interface BodyDeadlinesOptions {
  readonly clock: Clock;
  readonly limits: Pick<HttpOptions, 'bodyTimeoutMs' | 'uploadIdleMs' | 'uploadTimeoutMs'>;
}

/**
 * Bounds how slowly bodies may come. Node knows one limit for all requests, headers and body together, that would also end every
 * long upload; here each request has its own.
 */
export class BodyDeadlines {
  readonly #options: BodyDeadlinesOptions;
  readonly #cancels = new WeakMap<IncomingMessage, () => void>();
  readonly #awaitingContinue = new WeakSet<IncomingMessage>();

  constructor(options: BodyDeadlinesOptions) {
    this.#options = options;
  }

  /** Watches every request of a server from now on. */
  watch(server: Server): void {
    // Before any handler, which may allow more.
    server.prependListener('request', (request, response) => this.#watchBody(server, request, response));
    // Node would tell the client to go on before anybody has looked at its headers.
    server.on('checkContinue', (request, response) => {
      this.#awaitingContinue.add(request);
      server.emit('request', request, response);
    });
  }

  /** Tells a client that asked first (`Expect: 100-continue`) to send its body. */
  invite(request: IncomingMessage, response: ServerResponse): void {
    if (this.#awaitingContinue.delete(request)) response.writeContinue();
  }

  /**
   * Gives a request the time of an upload.
   *
   * @param onExpired - Called once if it is too slow even so.
   * @returns Ends the upload: what is still on its way has the time of any other body to pass by unread, then the connection goes.
   */
  allowUpload(request: IncomingMessage, onExpired: () => void): () => void {
    const { clock, limits } = this.#options;
    const cancelTotal = clock.schedule(limits.uploadTimeoutMs, onExpired);
    const cancelIdle = this.#watchSilence(request, onExpired);
    const cancel = (): void => {
      cancelTotal();
      cancelIdle();
    };
    this.#replace(request, cancel);
    return () => {
      cancel();
      if (!request.complete)
        this.#replace(
          request,
          clock.schedule(limits.bodyTimeoutMs, () => request.socket.destroy()),
        );
    };
  }

  #watchBody(server: Server, request: IncomingMessage, response: ServerResponse): void {
    const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
    if (coding === undefined && length === '0') return;
    const { clock, limits } = this.#options;
    const cancel = clock.schedule(limits.bodyTimeoutMs, () => {
      if (request.complete || request.socket.destroyed) return;
      const { socket } = request;
      if (response.headersSent) {
        socket.destroy();
        return;
      }
      server.emit('clientError', Object.assign(new Error('the body did not come in time'), { code: TOO_SLOW }), socket);
      this.#replace(
        request,
        clock.schedule(limits.bodyTimeoutMs, () => socket.destroy()),
      );
    });
    this.#replace(request, cancel);
    request.once('close', () => this.#cancels.get(request)?.());
  }

  /** Looks twice in the time that a client may be silent, so that two looks without a new byte mean that it was. */
  #watchSilence(request: IncomingMessage, onSilent: () => void): () => void {
    const { clock, limits } = this.#options;
    const { socket } = request;
    let lastBytes = socket.bytesRead;
    let silentLooks = 0;
    let cancel: () => void;
    const look = (): void => {
      silentLooks = socket.bytesRead === lastBytes ? silentLooks + 1 : 0;
      lastBytes = socket.bytesRead;
      if (silentLooks < 2) cancel = clock.schedule(limits.uploadIdleMs / 2, look);
      else onSilent();
    };
    cancel = clock.schedule(limits.uploadIdleMs / 2, look);
    return () => cancel();
  }

  #replace(request: IncomingMessage, cancel: () => void): void {
    this.#cancels.get(request)?.();
    this.#cancels.set(request, cancel);
  }
}
