import type { Clock } from '../src/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Lets every promise that can settle do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Time that passes only when a test says so. */
export class VirtualClock implements Clock {
  #nowMs = 1000;
  readonly #timers = new Set<Timer>();

  readonly now = (): number => this.#nowMs;
  readonly wallClock = (): number => 1_764_000_000_000 + this.#nowMs;
  readonly setTimer = (callback: () => void, delayMs: number): (() => void) => {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  get timerCount(): number {
    return this.#timers.size;
  }

  /** Runs every timer due within this time, in order, each after the promises before it have settled. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await settle();
    for (let due = this.#next(untilMs); due; due = this.#next(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, due.atMs);
      // Timers of one instant run together: their order is the order in which they were set.
      for (let timer: Timer | undefined = due; timer; timer = this.#next(this.#nowMs)) {
        this.#timers.delete(timer);
        timer.callback();
      }
      await settle();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (timer.atMs <= untilMs && (!next || timer.atMs < next.atMs)) next = timer;
    return next;
  }
}

/** Seeded numbers from 0 up to 1 (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
