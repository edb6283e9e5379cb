import type { Command, Option } from 'commander';

/** What a value on the command line is: one of a list, a path, or anything. */
export type ValueKind =
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  | { readonly type: 'file' }
  | { readonly type: 'folder' }
  | { readonly type: 'other' };

/** An option as a completion knows it. */
export interface TableOption {
  /** `--format`, and `-h` where there is a short one. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Undefined when the option stands alone. */
  readonly value: ValueKind | undefined;
}

/** A command as a completion knows it. */
export interface TableCommand {
  /** Names from the program down, without the program: `['models', 'pull']`; empty for the program itself. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly TableOption[];
  /** What stands behind the options. */
  readonly argument: ValueKind | undefined;
  readonly commands: readonly TableCommand[];
}

/** Reads the table of commands out of the program itself, so that no second list can be stale. */
export function commandTable(program: Command, path: readonly string[] = []): TableCommand {
  const help = program.createHelp();
  const [argument] = program.registeredArguments;
  return {
    path,
    description: program.summary() || program.description(),
    options: help.visibleOptions(program).map(describeOption),
    argument: argument && valueKindOf(argument.argChoices, argument.name()),
    commands: help
      .visibleCommands(program)
      .filter((command) => command.name() !== 'help')
      .map((command) => commandTable(command, [...path, command.name()])),
  };
}

/** The commands of a table, from the program down. */
export function flatten(table: TableCommand): readonly TableCommand[] {
  return [table, ...table.commands.flatMap(flatten)];
}

function describeOption(option: Option): TableOption {
  const placeholder = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1];
  return {
    flags: [option.short, option.long].filter((flag) => typeof flag === 'string'),
    description: option.description,
    value: placeholder === undefined ? undefined : valueKindOf(option.argChoices, placeholder),
  };
}

function valueKindOf(choices: readonly string[] | undefined, name: string): ValueKind {
  if (choices) {
    return { type: 'choice', choices };
  }
  const word = name.replace(/\.\.\.$/, '').toLowerCase();
  return word === 'file' || word === 'folder' ? { type: word } : { type: 'other' };
}
