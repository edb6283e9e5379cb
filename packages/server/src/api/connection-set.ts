import type { StreamConnection } from './stream-connection.ts';

/** The open sockets of a server. */
export class ConnectionSet {
  readonly #connections = new Set<StreamConnection>();
  readonly #waiters = new Set<() => void>();

  get size(): number {
    return this.#connections.size;
  }

  add(connection: StreamConnection): void {
    this.#connections.add(connection);
  }

  delete(connection: StreamConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }

  /** Closes the sockets over which no session was opened. */
  closeWithoutSession(code: number, reason: string): void {
    for (const connection of this.#connections) if (!connection.hasSession) connection.close(code, reason);
  }

  /** Closes every socket and waits until the last one is gone; a client that does not answer is cut off after a second. */
  async closeAll(code: number, reason: string): Promise<void> {
    for (const connection of [...this.#connections]) connection.close(code, reason);
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#waiters.add(resolve);
    });
  }
}
