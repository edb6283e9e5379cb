/** Remembers the last few ids; at the bound the oldest goes. */
export class BoundedSet {
  readonly #maximum: number;
  readonly #ids = new Set<string>();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  add(id: string): void {
    this.#ids.delete(id);
    for (const oldest of this.#ids) {
      if (this.#ids.size < this.#maximum) break;
      this.#ids.delete(oldest);
    }
    this.#ids.add(id);
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  delete(id: string): void {
    this.#ids.delete(id);
  }
}
