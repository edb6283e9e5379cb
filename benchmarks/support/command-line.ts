import { type ParseArgsConfig, parseArgs } from 'node:util';

/** A mistake of the person who typed the command, or something missing on the machine: shown as one line, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T; strict: true; allowPositionals: false }>>['values'];

/** Reads the options; `--help` prints the text and ends. */
export function readOptions<const T extends Options>(helpText: string, options: T): Values<T> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    process.stdout.write(`${helpText.trim()}\n`);
    process.exit(0);
  }
  try {
    return parseArgs({ options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message : String(cause)}; see --help`, { cause });
  }
}

/** A whole number of at least `minimum`. */
export function readInteger(flag: string, value: string, minimum: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < minimum) {
    throw new UsageError(`${flag} must be a whole number of at least ${minimum}, got "${value}"`);
  }
  return number;
}

/** Writes a line of progress where it does not mix with the figures. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Runs a benchmark; a mistake in its use is one line and exit code 2. */
export async function runBenchmark(measure: () => Promise<void>): Promise<void> {
  try {
    await measure();
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}
