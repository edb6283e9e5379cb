import { EXIT_CODE } from './exit-code.ts';

/** The part of `process` that a shutdown needs. */
interface SignalSource {
  on(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', listener: () => void): unknown;
}

/** Options of {@link handleSignals}. */
export interface ShutdownOptions {
  readonly signals: SignalSource;
  /** Whether SIGHUP says that the terminal is gone, and stops as well; elsewhere it is a request to read the settings again. */
  readonly isTerminal: boolean;
  /** Finishes what is in flight and ends everything. */
  readonly close: () => Promise<void>;
  /** Longest time for it all, in milliseconds; after it the process exits with 1. */
  readonly limitMs: number;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  readonly onSignal: (signal: string) => void;
  readonly onError: (error: unknown) => void;
}

/** On the first SIGTERM, SIGINT or loss of the terminal closes in good order and exits with 0; on a second SIGTERM or SIGINT exits at once with 1. */
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
  if (options.isTerminal) {
    // A shell sends a second one by itself: it says nothing new.
    options.signals.on('SIGHUP', () => isStopping || stop('SIGHUP'));
  }
}
