import { flatten, type TableCommand, type ValueKind } from './command-table.ts';

/** The script for bash 3.2 and newer; it needs no other package. */
export function bashCompletion(name: string, table: TableCommand): string {
  const commands = flatten(table);
  const steps = commands.filter(({ path }) => path.length > 0).map(({ path }) => stepInto(path));
  const values = commands.flatMap((command) =>
    command.options.flatMap(({ flags, value }) => (value ? [valueCase(command, flags, value)] : [])),
  );
  return `# outspoken: completion for bash. To use it now: source <(${name} completion bash)
_${name}() {
  local place='' index current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  local IFS=$'\\n'
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$place/\${COMP_WORDS[index]}" in
${steps.join('\n')}
    esac
  done
  # "--format=json" comes as three words.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' && COMP_CWORD -gt 1 ]]; then
    previous="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  case "$place $previous" in
${values.join('\n')}
  esac
  case "$place" in
${commands.map(commandCase).join('\n')}
  esac
}
complete -F _${name} ${name}
`;
}

function stepInto(path: readonly string[]): string {
  return `      '/${path.join('/')}') place='/${path.join('/')}' ;;`;
}

function valueCase({ path }: TableCommand, flags: readonly string[], value: ValueKind): string {
  const place = path.length === 0 ? '' : `/${path.join('/')}`;
  const patterns = flags.map((flag) => `'${place} ${flag}'`).join(' | ');
  return `    ${patterns}) ${reply(value)}; return ;;`;
}

function commandCase({ path, commands, options, argument }: TableCommand): string {
  const flags = options.flatMap((option) => option.flags);
  const names = commands.map(({ path: names }) => names.at(-1) ?? '');
  const rest = names.length > 0 ? words(names) : argument ? reply(argument) : ':';
  const place = path.length === 0 ? `''` : `'/${path.join('/')}'`;
  return `    ${place})
      if [[ $current == -* ]]; then
        ${words(flags)}
      else
        ${rest}
      fi
      ;;`;
}

function reply(value: ValueKind): string {
  switch (value.type) {
    case 'choice':
      return words(value.choices);
    case 'file':
      return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current"))`;
    case 'folder':
      return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current"))`;
    case 'other':
      return ':';
    default:
      value satisfies never;
      return '';
  }
}

function words(list: readonly string[]): string {
  return `COMPREPLY=($(compgen -W $'${list.join('\\n')}' -- "$current"))`;
}
