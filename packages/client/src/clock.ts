/** Time as the client sees it; injected so that tests need not wait. */
export interface Clock {
  /** Milliseconds that only ever rise; for intervals. */
  readonly now: () => number;
  /** Milliseconds since 1970 by this device's clock; for messages. */
  readonly wallClock: () => number;
  /** Calls back once after a delay, and returns a function that prevents it. */
  readonly setTimer: (callback: () => void, delayMs: number) => () => void;
}

/** The platform's clocks and timers. */
export const SYSTEM_CLOCK: Clock = Object.freeze({
  now: () => performance.now(),
  wallClock: () => Date.now(),
  setTimer: (callback: () => void, delayMs: number) => {
    const id = setTimeout(callback, delayMs);
    return () => clearTimeout(id);
  },
});

/** A single timer that can be moved. */
export class Alarm {
  readonly #clock: Clock;
  readonly #onRing: () => void;
  #cancel: (() => void) | undefined;
  #atMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, onRing: () => void) {
    this.#clock = clock;
    this.#onRing = onRing;
  }

  /** Rings at this time of {@link Clock.now}, at once when it is past; infinity means never. */
  set(atMs: number): void {
    if (atMs === this.#atMs) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#atMs = atMs;
    if (atMs === Number.POSITIVE_INFINITY) return;
    const cancel = this.#clock.setTimer(
      () => {
        if (this.#cancel !== cancel) return;
        this.#cancel = undefined;
        this.#atMs = Number.POSITIVE_INFINITY;
        this.#onRing();
      },
      Math.max(0, atMs - this.#clock.now()),
    );
    this.#cancel = cancel;
  }

  /** Prevents the alarm from ringing. */
  stop(): void {
    this.set(Number.POSITIVE_INFINITY);
  }
}
