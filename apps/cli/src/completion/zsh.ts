import { flatten, type TableCommand, type TableOption, type ValueKind } from './command-table.ts';

/** The script for zsh, to be saved as a function of the name `_outspoken`, or evaluated after `compinit`. */
export function zshCompletion(name: string, table: TableCommand): string {
  const commands = flatten(table);
  const steps = commands.filter(({ path }) => path.length > 0).map(({ path }) => `      /${path.join('/')}) place=/${path.join('/')} ;;`);
  const values = commands.flatMap((command) =>
    command.options.flatMap((option) => (option.value ? [valueCase(command, option, option.value)] : [])),
  );
  return `#compdef ${name}
# outspoken: completion for zsh. To use it now: source <(${name} completion zsh)
_${name}() {
  local place='' index
  local -a list
  for ((index = 2; index < CURRENT; index++)); do
    case "$place/\${words[index]}" in
${steps.join('\n')}
    esac
  done
  case "$place \${words[CURRENT - 1]}" in
${values.join('\n')}
  esac
  case "$place" in
${commands.map(commandCase).join('\n')}
  esac
}
if [[ "\${funcstack[1]}" == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function valueCase({ path }: TableCommand, { flags }: TableOption, value: ValueKind): string {
  const place = path.length === 0 ? '' : `/${path.join('/')}`;
  return `    ${flags.map((flag) => `'${place} ${flag}'`).join('|')}) ${reply(value)}; return ;;`;
}

function commandCase({ path, commands, options, argument }: TableCommand): string {
  const flags = options.flatMap(({ flags: names, description }) => names.map((flag) => described(flag, description)));
  const names = commands.map(({ path: words, description }) => described(words.at(-1) ?? '', description));
  const rest = names.length > 0 ? describe('command', names) : argument ? reply(argument) : ':';
  return `    '${path.length === 0 ? '' : `/${path.join('/')}`}')
      if [[ "\${words[CURRENT]}" == -* ]]; then
        ${describe('option', flags)}
      else
        ${rest}
      fi
      ;;`;
}

function describe(what: string, entries: readonly string[]): string {
  return `list=(${entries.join(' ')}); _describe '${what}' list`;
}

function described(word: string, description: string): string {
  return quote(`${word.replaceAll(':', '\\:')}:${description}`);
}

function reply(value: ValueKind): string {
  switch (value.type) {
    case 'choice':
      return `compadd -- ${value.choices.map(quote).join(' ')}`;
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    case 'other':
      return ':';
    default:
      value satisfies never;
      return '';
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
