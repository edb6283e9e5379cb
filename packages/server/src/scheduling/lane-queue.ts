/** What a lane holds: anything with a length. */
export interface Measured {
  readonly audioMs: number;
}

/**
 * The waiting items of one lane, first in, first out, each under a key.
 * The only place that knows the order inside a lane: fairness between tenants (deficit round robin by audio time) belongs here.
 */
export class LaneQueue<T extends Measured> {
  // A Map keeps the order of insertion and the place of a key whose value is replaced.
  readonly #items = new Map<string, T>();
  #audioMs = 0;

  /** Number of items. */
  get size(): number {
    return this.#items.size;
  }

  /** Audio of all items, in milliseconds. */
  get audioMs(): number {
    return this.#audioMs;
  }

  /**
   * Puts an item at the end, or in the place of the one with the same key: an item that is renewed often must not starve.
   * @returns The item that was replaced.
   */
  put(key: string, item: T): T | undefined {
    const replaced = this.#items.get(key);
    this.#items.set(key, item);
    this.#audioMs += item.audioMs - (replaced?.audioMs ?? 0);
    return replaced;
  }

  /** Takes the first item out. */
  take(): T | undefined {
    for (const [key, item] of this.#items) {
      this.delete(key);
      return item;
    }
    return undefined;
  }

  /** Takes the item with this key out. */
  delete(key: string): T | undefined {
    const item = this.#items.get(key);
    if (item) {
      this.#items.delete(key);
      // Set to exactly 0 when empty: sums of fractions leave a remainder, and an idle queue must predict no wait.
      this.#audioMs = this.#items.size === 0 ? 0 : this.#audioMs - item.audioMs;
    }
    return item;
  }

  /** Takes every item out, in order. */
  clear(): T[] {
    const items = [...this.#items.values()];
    this.#items.clear();
    this.#audioMs = 0;
    return items;
  }
}
