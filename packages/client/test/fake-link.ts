import type { Transport, TransportClose } from '../src/index.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Both ends of a connection in memory, with latency, that can be cut at any moment. */
export class FakeLink {
  readonly transport: Transport;
  /** Set by the server. */
  onServerMessage: (data: string | Uint8Array) => void = () => {};
  /** Set by the server: the client closed, or the network did. */
  onServerClose: () => void = () => {};
  readonly clientCloses: TransportClose[] = [];
  readonly #clock: VirtualClock;
  readonly #latencyMs: number;
  readonly #arrived: (string | Uint8Array)[] = [];
  #wake: (() => void) | undefined;
  #resolveClosed: (close: TransportClose) => void = () => {};
  #bufferedBytes = 0;
  #isCut = false;
  #isSilent = false;

  constructor(clock: VirtualClock, latencyMs: number) {
    this.#clock = clock;
    this.#latencyMs = latencyMs;
    const self = this;
    this.transport = {
      send: (data) => this.#send(data),
      close: (code = 1005, reason = '') => {
        if (this.#isCut) return;
        this.clientCloses.push({ code, reason });
        // What was sent before still arrives; what the server has on the way does not.
        this.#later(() => this.onServerClose());
        this.#cut({ code, reason });
      },
      get bufferedBytes() {
        return self.#bufferedBytes;
      },
      messages: this.#messages(),
      closed: new Promise((resolve) => {
        this.#resolveClosed = resolve;
      }),
    };
  }

  /** Server to client. */
  send(data: string | Uint8Array): void {
    this.#later(() => {
      if (this.#isCut || this.#isSilent) return;
      this.#arrived.push(data);
      this.#wake?.();
    });
  }

  /** The server closes after what it sent before. */
  close(code: number): void {
    this.#later(() => this.#cut({ code, reason: '' }));
  }

  /** The network is lost: whatever is on the way is lost with it. */
  drop(code = 1006): void {
    if (this.#isCut) return;
    this.#isSilent = true;
    this.#cut({ code, reason: '' });
    this.onServerClose();
  }

  /** Nothing arrives any more, and nobody is told. */
  silence(): void {
    this.#isSilent = true;
  }

  #send(data: string | Uint8Array): void {
    if (this.#isCut) return;
    const sizeBytes = typeof data === 'string' ? data.length : data.length;
    this.#bufferedBytes += sizeBytes;
    this.#later(() => {
      this.#bufferedBytes -= sizeBytes;
      if (!this.#isSilent) this.onServerMessage(data);
    });
  }

  #later(action: () => void): void {
    this.#clock.setTimer(action, this.#latencyMs);
  }

  #cut(close: TransportClose): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#resolveClosed(close);
    this.#wake?.();
  }

  async *#messages(): AsyncGenerator<string | Uint8Array> {
    for (;;) {
      const next = this.#arrived.shift();
      if (next !== undefined) yield next;
      else if (this.#isCut) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
