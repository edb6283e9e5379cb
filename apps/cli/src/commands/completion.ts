import type { Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { commandTable } from '../completion/command-table.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { type Surroundings, write } from '../terminal.ts';

const WRITERS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** A shell that there is a script for. */
export type Shell = keyof typeof WRITERS;

/** Every one of them. */
export const SHELLS = Object.keys(WRITERS) as readonly Shell[];

/** Writes the script that completes the commands of the program. */
export async function completion(shell: Shell, program: Command, { stdout }: Pick<Surroundings, 'stdout'>): Promise<number> {
  await write(stdout, WRITERS[shell](program.name(), commandTable(program)));
  return EXIT_CODE.ok;
}
