import { Account } from './account.ts';

/** What a lane holds: anything with a length that belongs to somebody. */
export interface Measured {
  readonly tenant: string;
  readonly audioMs: number;
}

/**
 * Audio that a tenant saves in one turn, in milliseconds: a short clip. A longer one takes as many turns as it is long, so this
 * decides only how finely the tenants are interleaved.
 */
const QUANTUM_MS = 1000;

/**
 * The waiting items of one lane, each under a key: first in, first out for each tenant, and deficit round robin by audio between
 * tenants (Shreedhar and Varghese, 1995). Whoever sends most of the load gets no more than the others get while they wait.
 */
export class LaneQueue<T extends Measured> {
  readonly #items = new Map<string, T>();
  /** In the order of their turns: a Map keeps the order of insertion. */
  readonly #accounts = new Map<string, Account<T>>();
  #audioMs = 0;

  /** Number of items. */
  get size(): number {
    return this.#items.size;
  }

  /** Audio of all items, in milliseconds. */
  get audioMs(): number {
    return this.#audioMs;
  }

  /** Audio of the tenant's items, in milliseconds. */
  audioOf(tenant: string): number {
    return this.#accounts.get(tenant)?.audioMs ?? 0;
  }

  /**
   * Audio that will have had its turn before a new item of a tenant, in milliseconds: what the tenant has waiting, and of every other
   * one what it gets meanwhile. Everything when no tenant is named.
   */
  aheadMs(audioMs: number, tenant?: string): number {
    if (tenant === undefined) return this.#audioMs;
    const ownMs = this.audioOf(tenant);
    let othersMs = 0;
    for (const [name, other] of this.#accounts) {
      if (name !== tenant) othersMs += Math.min(other.audioMs, ownMs + audioMs);
    }
    return ownMs + othersMs;
  }

  /**
   * Puts an item behind the others of its tenant, or in the place of the one with the same key: an item that is renewed often must
   * not starve.
   * @returns The item that was replaced.
   */
  put(key: string, item: T): T | undefined {
    const replaced = this.#items.get(key);
    if (replaced !== undefined && replaced.tenant !== item.tenant) this.delete(key);
    this.#items.set(key, item);
    this.#account(item.tenant).put(key, item);
    this.#sum();
    return replaced;
  }

  /** Takes out the item whose turn it is. */
  take(): T | undefined {
    const account = this.#turn();
    const [key] = account?.items.keys() ?? [];
    return key === undefined ? undefined : this.takeOut(key);
  }

  /** Takes this item out of turn; its tenant pays for it. */
  takeOut(key: string): T | undefined {
    const item = this.#items.get(key);
    const account = item && this.#accounts.get(item.tenant);
    if (account) account.creditMs -= item.audioMs;
    return this.delete(key);
  }

  /** The items about in the order of their turns: of each tenant its first, then of each its second. */
  *upcoming(): Generator<readonly [key: string, item: T], void, undefined> {
    let rest = [...this.#accounts.values()].map(({ items }) => items.entries());
    while (rest.length > 0) {
      const longer: typeof rest = [];
      for (const items of rest) {
        const next = items.next();
        if (next.done) continue;
        longer.push(items);
        yield next.value;
      }
      rest = longer;
    }
  }

  /** Drops the item with this key; nobody pays for it. */
  delete(key: string): T | undefined {
    const item = this.#items.get(key);
    if (item) {
      this.#items.delete(key);
      const account = this.#accounts.get(item.tenant);
      account?.delete(key);
      // Savings are for what waits: they would let a tenant have several turns in a row after a quiet time.
      if (account?.items.size === 0) this.#accounts.delete(item.tenant);
      this.#sum();
    }
    return item;
  }

  /** Drops every item. */
  clear(): T[] {
    const items = [...this.#items.values()];
    this.#items.clear();
    this.#accounts.clear();
    this.#sum();
    return items;
  }

  /** The account whose turn it is and which can pay for its first item; the others have saved for one turn more. */
  #turn(): Account<T> | undefined {
    for (;;) {
      const [head] = this.#accounts;
      if (head === undefined) return undefined;
      const [tenant, account] = head;
      if (account.creditMs >= account.firstMs) return account;
      account.creditMs += QUANTUM_MS;
      this.#accounts.delete(tenant);
      this.#accounts.set(tenant, account);
    }
  }

  #account(tenant: string): Account<T> {
    const known = this.#accounts.get(tenant);
    if (known) return known;
    const account = new Account<T>(QUANTUM_MS);
    this.#accounts.set(tenant, account);
    return account;
  }

  /** Added up anew: what is added to and taken from a sum leaves a remainder, and an empty lane must predict no wait. */
  #sum(): void {
    this.#audioMs = 0;
    for (const account of this.#accounts.values()) this.#audioMs += account.audioMs;
  }
}
