import { createRequire } from 'node:module';
import { ModelError } from '@outspoken/models';
import { DispatchError } from '@outspoken/server';
import { pino } from 'pino';
import { type Command, loadConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { EXIT_CODE } from './exit-code.ts';
import { helpText } from './help.ts';
import { createLogger } from './logger.ts';
import { startServer } from './server.ts';
import type { Settings } from './settings.ts';
import { handleSignals } from './shutdown.ts';

const STANDARD_ERROR = 2;
// What may be left to do when the drain time is over: close sockets and end processes.
const SHUTDOWN_GRACE_MS = 5000;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Ends the program with one line that a person can act on. */
function fail(message: string, exitCode: number): never {
  process.stderr.write(`outspoken: ${message}\n`);
  process.exit(exitCode);
}

function readCommand(): Command {
  try {
    // A package manager runs the program in its own folder and says here where the person stood.
    const folder = process.env['INIT_CWD'] ?? process.cwd();
    return loadConfig({ argv: process.argv.slice(2), environment: process.env, folder });
  } catch (error) {
    if (error instanceof ConfigError) {
      fail(error.message, EXIT_CODE.badConfiguration);
    }
    throw error;
  }
}

async function run(settings: Settings): Promise<void> {
  const startedAtMs = performance.now();
  // Lines are written before the program goes on: the last ones before an exit are those that matter.
  const logger = createLogger({ level: settings.logLevel, destination: pino.destination({ dest: STANDARD_ERROR, sync: true }) });
  logger.info({ settings }, 'starting');
  const starting = startServer(settings, logger);
  handleSignals({
    signals: process,
    // A signal during the start waits for it: there is nothing to lose yet, and half a start cannot be ended cleanly.
    close: async () => (await starting).close(),
    limitMs: settings.drainTimeoutMs + SHUTDOWN_GRACE_MS,
    exit: (code) => process.exit(code),
    onSignal: (signal) => logger.info({ signal }, 'stopping'),
    onError: (error) => logger.error({ err: error }, 'could not stop cleanly'),
  });
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

function version(): string {
  // One level up from both src/ and dist/; our own file.
  const manifest = createRequire(import.meta.url)('../package.json') as { readonly version: string };
  return manifest.version;
}

const command = readCommand();
switch (command.type) {
  case 'help':
    say(helpText());
    break;
  case 'version':
    say(version());
    break;
  case 'run':
    process.title = 'outspoken';
    await run(command.settings);
    break;
  default:
    command satisfies never;
}
