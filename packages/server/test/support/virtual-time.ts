/** Time that jumps from event to event; between two of them every promise settles. */
export class VirtualTime {
  nowMs = 0;
  readonly #events = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  /** @returns What takes the callback back; it tells whether there was still one. */
  schedule(delayMs: number, callback: () => void): () => boolean {
    const event = { atMs: this.nowMs + delayMs, callback };
    this.#events.add(event);
    return () => this.#events.delete(event);
  }

  /** Runs until nothing is left to happen. */
  async run(): Promise<void> {
    for (;;) {
      let next: { readonly atMs: number; readonly callback: () => void } | undefined;
      for (const event of this.#events) if (next === undefined || event.atMs < next.atMs) next = event;
      if (next === undefined) return;
      this.#events.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.callback();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
