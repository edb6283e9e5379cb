import { flatten, type TableCommand, type TableOption, type ValueKind } from './command-table.ts';

/** The script for fish, to be saved as `completions/outspoken.fish`. */
export function fishCompletion(name: string, table: TableCommand): string {
  const lines = flatten(table).flatMap((command) => linesOf(name, command));
  return `# outspoken: completion for fish. To use it now: ${name} completion fish | source
complete -c ${name} -f
${lines.join('\n')}
`;
}

function linesOf(name: string, command: TableCommand): string[] {
  const where = condition(command);
  const start = `complete -c ${name} -n ${quote(where)}`;
  const names = command.commands.map(({ path, description }) => `${start} -a ${quote(path.at(-1) ?? '')} -d ${quote(description)}`);
  const options = command.options.map((option) => `${start} ${optionOf(option)}`);
  const argument = command.argument === undefined ? [] : [`${start} ${describeValue(command.argument)}`];
  return [...names, ...options, ...argument];
}

/** Where a command's words apply: behind its own name, and before that of a command below it. */
function condition({ path, commands }: TableCommand): string {
  const below = commands.map((command) => command.path.at(-1));
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const notYet = below.length > 0 ? [`not __fish_seen_subcommand_from ${below.join(' ')}`] : [];
  return [...seen, ...notYet].join('; and ') || 'true';
}

function optionOf({ flags, description, value }: TableOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
  return `${names} -d ${quote(description)}${value === undefined ? '' : ` ${value.type === 'file' ? '-r' : '-x'} ${describeValue(value)}`}`.trimEnd();
}

function describeValue(value: ValueKind): string {
  switch (value.type) {
    case 'choice':
      return `-a ${quote(value.choices.join(' '))}`;
    case 'file':
      return '-F';
    case 'folder':
      return `-a '(__fish_complete_directories)'`;
    case 'other':
      return '';
    default:
      value satisfies never;
      return '';
  }
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
