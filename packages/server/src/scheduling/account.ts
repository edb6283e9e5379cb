/** What one tenant has waiting in a lane, first in, first out, and what it has saved for it. */
export class Account<T extends { readonly audioMs: number }> {
  // A Map keeps the order of insertion and the place of a key whose value is replaced.
  readonly items = new Map<string, T>();
  /** Audio that it may still take, in milliseconds; below 0 if it has had something out of turn. */
  creditMs: number;
  #audioMs = 0;

  constructor(creditMs: number) {
    this.creditMs = creditMs;
  }

  /** Audio that waits, in milliseconds. */
  get audioMs(): number {
    return this.#audioMs;
  }

  /** Length of the first item, in milliseconds; 0 when nothing waits. */
  get firstMs(): number {
    const [first] = this.items.values();
    return first?.audioMs ?? 0;
  }

  /** Puts an item at the end, or in the place of the one with the same key. */
  put(key: string, item: T): void {
    this.#audioMs += item.audioMs - (this.items.get(key)?.audioMs ?? 0);
    this.items.set(key, item);
  }

  /** Drops the item with this key. */
  delete(key: string): void {
    const item = this.items.get(key);
    if (item === undefined) return;
    this.items.delete(key);
    // Set to exactly 0 when empty: sums of fractions leave a remainder.
    this.#audioMs = this.items.size === 0 ? 0 : this.#audioMs - item.audioMs;
  }
}
