import { EXIT_CODE } from './exit-code.ts';

/** The part of `process` that signals come from. */
interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
}

/** Options of {@link runInterruptibly}. */
export interface InterruptionOptions {
  readonly signals: SignalSource;
  /** Ends the process, at the second signal. */
  readonly exitAtOnce: (code: number) => void;
}

/** Reason with which work is aborted when a signal came. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work that a signal may stop: the first one aborts it, so that it can leave everything tidy; the second ends the program
 * at once. The only place that listens to signals, and only while something runs that can be stopped.
 *
 * @returns What the work returns, or `undefined` when it was interrupted.
 */
export async function runInterruptibly<T>(options: InterruptionOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const stopping = new AbortController();
  const onSignal = (): void => {
    if (stopping.signal.aborted) {
      options.exitAtOnce(EXIT_CODE.interrupted);
      return;
    }
    stopping.abort(new Interrupted('stopped by a signal'));
  };
  for (const signal of SIGNALS) {
    options.signals.on(signal, onSignal);
  }
  try {
    return await work(stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) {
      return undefined;
    }
    throw error;
  } finally {
    for (const signal of SIGNALS) {
      options.signals.off(signal, onSignal);
    }
  }
}
