import { createRequire } from 'node:module';
import { ModelError } from '@outspoken/models';
import { DispatchError } from '@outspoken/server/engine';
import { pino } from 'pino';
import { type Command, type ConfigSources, loadConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { EXIT_CODE } from './exit-code.ts';
import { helpText } from './help.ts';
import { createLogger } from './logger.ts';
import { handleReload } from './reload.ts';
import { startServer } from './server.ts';
import type { Settings } from './settings.ts';
import { handleSignals } from './shutdown.ts';

const STANDARD_ERROR = 2;
// What may be left to do when the drain time is over: close sockets and end processes.
const SHUTDOWN_GRACE_MS = 5000;

/** Options of {@link runServer}. */
export interface RunServerOptions {
  /** What a person types to come here, for `--help`. @defaultValue `'pnpm start'` */
  readonly command?: string;
}

/**
 * The whole program: reads its settings, serves until a signal comes, and ends the process with a code of {@link EXIT_CODE}.
 * What is wrong is said in one line on standard error.
 *
 * @param argv - Arguments after the name of the program.
 */
export async function runServer(
  argv: readonly string[],
  environment: ConfigSources['environment'],
  options: RunServerOptions = {},
): Promise<void> {
  const command = readCommand(argv, environment);
  switch (command.type) {
    case 'help':
      say(helpText(options.command));
      break;
    case 'version':
      say(version());
      break;
    case 'run':
      process.title = 'outspoken';
      await serve(command.settings, () => readSettings(argv, environment));
      break;
    default:
      command satisfies never;
  }
}

function readCommand(argv: readonly string[], environment: ConfigSources['environment']): Command {
  try {
    return loadCommand(argv, environment);
  } catch (error) {
    if (error instanceof ConfigError) {
      fail(error.message, EXIT_CODE.badConfiguration);
    }
    throw error;
  }
}

function loadCommand(argv: readonly string[], environment: ConfigSources['environment']): Command {
  // A package manager runs the program in its own folder and says here where the person stood.
  const folder = environment['INIT_CWD'] ?? process.cwd();
  return loadConfig({ argv, environment, folder });
}

/** The settings as they would be if the program were started now. */
function readSettings(argv: readonly string[], environment: ConfigSources['environment']): Settings {
  const command = loadCommand(argv, environment);
  if (command.type !== 'run') throw new ConfigError('the arguments ask for no server');
  return command.settings;
}

async function serve(settings: Settings, readAgain: () => Settings): Promise<void> {
  const startedAtMs = performance.now();
  // Lines are written before the program goes on: the last ones before an exit are those that matter.
  const destination = pino.destination({ dest: STANDARD_ERROR, sync: true });
  // A terminal that was closed, a disk that is full: nobody is left to be told, and those who speak go on.
  destination.on('error', () => {});
  const logger = createLogger({ level: settings.logLevel, destination });
  logger.info({ settings }, 'starting');
  const starting = startServer(settings, logger);
  const isTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
  handleSignals({
    signals: process,
    isTerminal,
    // A signal during the start waits for it: there is nothing to lose yet, and half a start cannot be ended cleanly.
    close: async () => (await starting).close(),
    limitMs: settings.drainTimeoutMs + SHUTDOWN_GRACE_MS,
    exit: (code) => process.exit(code),
    onSignal: (signal) => logger.info({ signal }, 'stopping'),
    onError: (error) => logger.error({ err: error }, 'could not stop cleanly'),
  });
  if (!isTerminal) {
    handleReload({ signals: process, settings, read: readAgain, swap: async (next) => (await starting).swap(next), logger });
  }
  const server = await starting.catch((error: unknown) => failToStart(error, settings));
  const startMs = Math.round(performance.now() - startedAtMs);
  logger.info({ url: server.url, workers: settings.workers, startMs }, 'listening');
  say(`outspoken is ready: ${server.url}`);
}

function failToStart(error: unknown, settings: Settings): never {
  if (error instanceof ModelError) {
    fail(error.message, EXIT_CODE.badConfiguration);
  }
  if (error instanceof DispatchError) {
    fail(error.message, EXIT_CODE.failed);
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const where = `${settings.host}:${settings.port}`;
  if (code === 'EADDRINUSE') {
    fail(`port ${settings.port} is in use, stop what listens there or choose another one with --port`, EXIT_CODE.failed);
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    fail(`cannot listen on ${where} (${code}), choose another --host or --port`, EXIT_CODE.failed);
  }
  throw error;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Ends the program with one line that a person can act on. */
function fail(message: string, exitCode: number): never {
  process.stderr.write(`outspoken: ${message}\n`);
  process.exit(exitCode);
}

function version(): string {
  // One level up from both src/ and dist/; our own file.
  const manifest = createRequire(import.meta.url)('../package.json') as { readonly version: string };
  return manifest.version;
}
