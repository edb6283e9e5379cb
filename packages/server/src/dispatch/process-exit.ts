import type { ChildProcess } from 'node:child_process';

/** Who is told about the end of a process. */
export interface ProcessExitListener {
  /** It is gone, or was never there; called once. */
  onExit(exitCode: number | null, signal: string | null): void;
  /** Something broke; the exit is told apart. */
  onError(message: string): void;
  /** Its channel broke while it lives: nothing can be said to it any more. */
  onUnreachable(): void;
}

/** Watches a process to its end. Resolves when it is gone, after its listener was told. */
export function watchExit(process: Pick<ChildProcess, 'pid' | 'on'>, listener: ProcessExitListener): Promise<void> {
  return new Promise((resolve) => {
    let hasExited = false;
    const onGone = (exitCode: number | null, signal: string | null): void => {
      if (hasExited) return;
      hasExited = true;
      listener.onExit(exitCode, signal);
      resolve();
    };
    process.on('exit', onGone);
    // `error` comes instead of `exit` when the process could not be started, and beside it when the channel broke.
    process.on('error', (error) => {
      listener.onError(error.message);
      if (process.pid === undefined) onGone(null, null);
      else listener.onUnreachable();
    });
  });
}
