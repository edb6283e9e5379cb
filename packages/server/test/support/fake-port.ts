import type { WorkerPort } from '../../src/dispatch/child-service.ts';

/** A child's end of a channel whose other end is the test. */
export class FakePort implements WorkerPort {
  readonly sent: { readonly type: string }[] = [];
  readonly #listeners: { readonly event: string; readonly listener: (message?: unknown) => void }[] = [];

  send(message: unknown): boolean {
    this.sent.push(message as { type: string });
    return true;
  }

  on(event: string, listener: (message?: unknown) => void): this {
    this.#listeners.push({ event, listener });
    return this;
  }

  emit(event: string, message?: unknown): void {
    for (const entry of this.#listeners) {
      if (entry.event === event) {
        entry.listener(message);
      }
    }
  }
}
