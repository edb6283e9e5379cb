import type { TemporaryFiles } from './temporary-files.ts';
import type { Surroundings } from './terminal.ts';

/** What a command works with. */
export interface CommandContext extends Surroundings {
  readonly temporaryFiles: TemporaryFiles;
  /** Runs work that Ctrl-C may stop; `undefined` when it did. */
  runInterruptibly<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined>;
}
