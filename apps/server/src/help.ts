import { CONFIG_FILE_VARIABLE } from './config.ts';
import { environmentVariableOf, flagOf, SETTINGS } from './settings.ts';

/**
 * The text of `--help`, made from the table of settings.
 *
 * @param command - What a person types to start the server, if not `pnpm start`.
 */
export function helpText(command?: string): string {
  const example = command ?? 'pnpm start';
  const rows = Object.entries(SETTINGS).map(([key, setting]) => ({
    flag: setting.isFlagAlone ? `${flagOf(key)}, ${flagOf(key).replace('--', '--no-')}` : `${flagOf(key)} ${setting.form}`,
    lines: [setting.description, `default ${setting.defaultText} · ${environmentVariableOf(key)} · "${key}"`],
  }));
  rows.push(
    { flag: '--config FILE', lines: ['JSON file with settings by their quoted names', CONFIG_FILE_VARIABLE] },
    { flag: '--help, -h', lines: ['show this text'] },
    { flag: '--version', lines: ['show the version'] },
  );
  const options = rows.map(({ flag, lines }) => [`  ${flag}`, ...lines.map((line) => `      ${line}`)].join('\n'));
  return `outspoken: the prediction server. Speech clips in, transcripts out.

Usage: ${command ?? 'outspoken'} [settings]

A flag wins over its environment variable, that over the file, that over the default.

${options.join('\n')}

Examples:
  ${example} --port 9000 --workers 2
  OUTSPOKEN_LOG_LEVEL=debug ${example}
  ${example} --host 0.0.0.0 --base-path /speech --allowed-origins https://app.example,https://www.app.example

Exit codes: 0 stopped as told, 1 could not start or go on, 78 a setting or a model file is wrong.
`;
}
