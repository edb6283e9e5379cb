import type { Clock } from '../session/clock.ts';

/** Beats without a byte after which a socket is dead: one for the ping to go out, one for the answer to come. */
const SILENT_BEATS = 2;

/** What a {@link Heartbeat} is made of. */
export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** Bytes that have come in so far. Any byte is a sign of life: under load a pong may be stuck behind audio. */
  readonly receivedBytes: () => number;
  readonly ping: () => void;
  readonly onDead: () => void;
}

/** Keeps a connection warm and notices when the other end is gone. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #cancel: (() => void) | undefined;
  #lastBytes: number;
  #silentBeats = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#lastBytes = options.receivedBytes();
    this.#schedule();
  }

  /** Idempotent. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    this.#cancel = this.#options.clock.schedule(this.#options.intervalMs, () => this.#beat());
  }

  #beat(): void {
    const bytes = this.#options.receivedBytes();
    this.#silentBeats = bytes === this.#lastBytes ? this.#silentBeats + 1 : 0;
    this.#lastBytes = bytes;
    if (this.#silentBeats >= SILENT_BEATS) {
      this.#options.onDead();
      return;
    }
    this.#options.ping();
    this.#schedule();
  }
}
