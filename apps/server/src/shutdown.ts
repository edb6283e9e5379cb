import { EXIT_CODE } from './exit-code.ts';

/** The part of `process` that a shutdown needs. */
interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
}

/** Options of {@link handleSignals}. */
export interface ShutdownOptions {
  readonly signals: SignalSource;
  /** Finishes what is in flight and ends everything. */
  readonly close: () => Promise<void>;
  /** Longest time for it all, in milliseconds; after it the process exits with 1. */
  readonly limitMs: number;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  readonly onSignal: (signal: string) => void;
  readonly onError: (error: unknown) => void;
}

/** On the first SIGTERM or SIGINT closes in good order and exits with 0; on the second exits at once with 1. */
export function handleSignals(options: ShutdownOptions): void {
  let isStopping = false;
  const stop = (signal: string): void => {
    if (isStopping) {
      options.exit(EXIT_CODE.failed);
      return;
    }
    isStopping = true;
    options.onSignal(signal);
    setTimeout(() => {
      options.onError(new Error(`not closed after ${options.limitMs} ms`));
      options.exit(EXIT_CODE.failed);
    }, options.limitMs).unref();
    options.close().then(
      () => options.exit(EXIT_CODE.ok),
      (error: unknown) => {
        options.onError(error);
        options.exit(EXIT_CODE.failed);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    options.signals.on(signal, () => stop(signal));
  }
}
