import { flagOf, runServer, SETTINGS } from '@outspoken/server-app';
import { Option } from 'commander';

/** What stands before the settings on the command line. */
const COMMAND = 'outspoken serve';

/** Runs the server: the very program of `apps/server`, which reads its own settings and ends the process itself. */
export function serve(argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  return runServer(argv, environment, { command: COMMAND });
}

/** The settings of the server as options, for lists and completion: the server reads them itself. */
export function serveOptions(): readonly Option[] {
  const settings = Object.entries(SETTINGS).map(([key, { form, description, defaultText, isFlagAlone }]) => {
    const value = isFlagAlone ? '' : ` <${form === 'FOLDER' ? 'folder' : 'value'}>`;
    const option = new Option(`${flagOf(key)}${value}`, `${description} (default: ${defaultText})`);
    return !isFlagAlone && form.includes('|') ? option.choices(form.split('|')) : option;
  });
  return [...settings, new Option('--config <file>', 'JSON file with settings')];
}
