/** The times and timers that the server runs on; replaced in tests, so that nothing waits for real seconds. */
export interface Clock {
  /** Monotonic time in milliseconds; only differences mean anything. */
  nowMs(): number;
  /** Wall-clock time in milliseconds since 1970; sent to clients, never subtracted. */
  wallMs(): number;
  /** Calls back once after `delayMs`. @returns a function that gives the call up; safe to call twice. */
  schedule(delayMs: number, callback: () => void): () => void;
}

/** The real clock. Its timers never keep the process alive. */
export const SYSTEM_CLOCK: Clock = Object.freeze({
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  schedule(delayMs: number, callback: () => void) {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
});

/** Resolves after `delayMs`. @throws the reason of the signal, at once. */
export async function waitFor(clock: Pick<Clock, 'schedule'>, delayMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const elapsed = new Promise<void>((resolve, reject) => {
    const cancel = clock.schedule(delayMs, resolve);
    const onAbort = (): void => {
      cancel();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    stop = () => signal.removeEventListener('abort', onAbort);
  });
  try {
    await elapsed;
  } finally {
    stop();
  }
}
