import type { Writable } from 'node:stream';
import { CliError, codeOf } from './cli-error.ts';

/** A stream that may be a terminal. */
export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Where the program reads, writes and finds what surrounds it: `process`, or what a test gives. */
export interface Surroundings {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from; absolute. */
  readonly folder: string;
}

/**
 * Writes and waits until the text is handed over, so that nothing is lost when the program ends.
 *
 * @throws {@link CliError} `output_closed` when the reader has gone (`| head`), `output_failed` for anything else.
 */
export async function write(stream: Writable, text: string): Promise<void> {
  if (text === '') {
    return;
  }
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(describe(error)) : resolve()));
  });
}

/** Says something beside the results; that nobody can hear it changes nothing about how the program ends. */
export async function tell(stream: Writable, text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.write(text, () => resolve());
  });
}

function describe(error: Error): CliError {
  const code = codeOf(error);
  if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'EOF') {
    return new CliError('output_closed', 'the reader of the output has gone', { cause: error });
  }
  return new CliError('output_failed', `cannot write the output (${code ?? error.message})`, { cause: error });
}

/** Whether a stream may get colours and symbols: a terminal, and nobody asked for none (`NO_COLOR`). */
export function isColourful(stream: TerminalStream, environment: Surroundings['environment']): boolean {
  return stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}
