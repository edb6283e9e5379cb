import type { Clock } from './clock.ts';
import { createSecret, secretDigest } from './secret.ts';

/** Options of {@link TicketStore}. */
export interface TicketStoreOptions {
  readonly clock: Clock;
  /** Life of a ticket in milliseconds. */
  readonly ttlMs: number;
  /** Unused tickets held at once; at the bound the oldest goes. */
  readonly maximumTickets: number;
}

/**
 * One-use tickets that let a socket in: asked for over HTTP, where a refusal can be read, and carried as a WebSocket subprotocol,
 * which a browser can set where it cannot set headers. Only digests are kept.
 */
export class TicketStore {
  readonly #options: TicketStoreOptions;
  /** Digest to expiry. All tickets live equally long, so the order of insertion is the order of expiry. */
  readonly #expiryMs = new Map<string, number>();

  constructor(options: TicketStoreOptions) {
    this.#options = options;
  }

  /** Unused tickets held, expired ones not yet swept included. */
  get size(): number {
    return this.#expiryMs.size;
  }

  /** Makes a ticket. The text is not kept: it is the only copy. */
  issue(): string {
    this.sweep();
    for (const digest of this.#expiryMs.keys()) {
      if (this.#expiryMs.size < this.#options.maximumTickets) break;
      this.#expiryMs.delete(digest);
    }
    const ticket = createSecret();
    this.#expiryMs.set(secretDigest(ticket) ?? '', this.#options.clock.nowMs() + this.#options.ttlMs);
    return ticket;
  }

  /** Uses a ticket up. @returns whether it was known, unused and not expired; only one of any number of racing uses sees `true`. */
  redeem(ticket: string): boolean {
    const digest = secretDigest(ticket);
    if (digest === undefined) return false;
    const expiryMs = this.#expiryMs.get(digest);
    this.#expiryMs.delete(digest);
    return expiryMs !== undefined && this.#options.clock.nowMs() < expiryMs;
  }

  /** Forgets expired tickets. */
  sweep(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const [digest, expiryMs] of this.#expiryMs) {
      if (nowMs < expiryMs) return;
      this.#expiryMs.delete(digest);
    }
  }
}
