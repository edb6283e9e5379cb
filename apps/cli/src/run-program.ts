import { ModelError } from '@outspoken/models';
import { DispatchError } from '@outspoken/server';
import { ConfigError } from '@outspoken/server-app';
import { CommanderError } from 'commander';
import { CliError } from './cli-error.ts';
import { serve } from './commands/serve.ts';
import type { CommandContext } from './context.ts';
import { EXIT_CODE } from './exit-code.ts';
import { createProgram } from './program.ts';
import { tell } from './terminal.ts';

/**
 * Runs one command line.
 *
 * @param argv - Arguments after the name of the program.
 * @returns The exit code, or undefined while a server runs, which ends the process itself.
 * @throws what is a fault of the program.
 */
export async function runProgram(argv: readonly string[], context: CommandContext, version: string): Promise<number | undefined> {
  if (argv[0] === 'serve') {
    // Its flags are the server's own, unchanged.
    await serve(argv.slice(1), context.environment);
    return undefined;
  }
  let exitCode: number = EXIT_CODE.ok;
  try {
    const program = createProgram(context, version, (code) => {
      exitCode = code;
    });
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, context);
  }
}

/** Says what went wrong in one line, and by which code the program ends. */
async function exitCodeOf(error: unknown, { stderr }: CommandContext): Promise<number> {
  if (error instanceof CommanderError) {
    // Commander has said it already; help and version that were asked for are no mistake.
    return error.exitCode === 0 ? EXIT_CODE.ok : EXIT_CODE.usage;
  }
  if (error instanceof CliError && error.code === 'output_closed') {
    // Whoever reads has enough: that is how "| head" ends.
    return EXIT_CODE.ok;
  }
  const code = codeOfKnown(error);
  if (code === undefined) {
    throw error;
  }
  await tell(stderr, `outspoken: ${error instanceof Error ? error.message : String(error)}\n`);
  return code;
}

// What a download meets can pass; a file that is not the pinned one will not.
const PASSING_MODEL_ERRORS = new Set(['network_unavailable', 'hub_refused', 'disk_full', 'cache_unwritable', 'pull_in_progress']);

function codeOfKnown(error: unknown): number | undefined {
  if (error instanceof CliError) {
    return error.code === 'usage' ? EXIT_CODE.usage : EXIT_CODE.failed;
  }
  if (error instanceof ModelError) {
    return PASSING_MODEL_ERRORS.has(error.code) ? EXIT_CODE.failed : EXIT_CODE.badConfiguration;
  }
  if (error instanceof ConfigError) {
    return EXIT_CODE.badConfiguration;
  }
  return error instanceof DispatchError ? EXIT_CODE.failed : undefined;
}
