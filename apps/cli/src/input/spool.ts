import { createWriteStream } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CliError, codeOf } from '../cli-error.ts';
import type { TemporaryFiles } from '../temporary-files.ts';

/** Options of {@link spool}. */
export interface SpoolOptions {
  /** Standard input, or a pipe that was named. */
  readonly source: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly temporaryFiles: TemporaryFiles;
  readonly signal: AbortSignal;
  /** Folder for the copy. @defaultValue the system's folder for temporary files */
  readonly spoolFolder?: string;
}

/**
 * Copies what can be read only once to a file that only this user may read: containers such as MP4 are read from both ends.
 *
 * @returns The path; its folder belongs to the temporary files.
 * @throws {@link CliError} `usage` when nobody pipes anything in, `input_unreadable` when it cannot be copied.
 */
export async function spool(options: SpoolOptions): Promise<string> {
  const { source, temporaryFiles, signal } = options;
  if (source.isTTY) {
    throw new CliError('usage', '"-" reads a recording from standard input, and nothing is piped in');
  }
  try {
    const folder = await mkdtemp(join(options.spoolFolder ?? tmpdir(), 'outspoken-spool-'));
    temporaryFiles.add(folder);
    const path = join(folder, 'recording');
    await pipeline(source, createWriteStream(path, { mode: 0o600, flags: 'wx' }), { signal });
    return path;
  } catch (error) {
    signal.throwIfAborted();
    throw new CliError('input_unreadable', `the input cannot be copied to ${options.spoolFolder ?? tmpdir()} (${codeOf(error)})`, {
      cause: error,
    });
  }
}
