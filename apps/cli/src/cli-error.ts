/**
 * Why a command ends.
 * - `usage`: the command line is wrong, and nothing was done.
 * - `input_missing`, `input_unreadable`: a file that was named is not there, or may not be read.
 * - `output_failed`: a result could not be written.
 * - `output_closed`: whoever read our standard output has gone.
 * - `server_unreachable`, `server_refused`, `server_answer`: of `--server`.
 */
export type CliErrorCode =
  | 'usage'
  | 'input_missing'
  | 'input_unreadable'
  | 'output_failed'
  | 'output_closed'
  | 'server_unreachable'
  | 'server_refused'
  | 'server_answer';

/** A failure with one line for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}

/** The code of any error that has one, of ours or of the system. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
