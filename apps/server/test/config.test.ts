import { expect, test } from 'vitest';
import { type ConfigSources, loadConfig } from '../src/config.ts';
import { ConfigError } from '../src/config-error.ts';
import type { Settings } from '../src/settings.ts';

function load(sources: Partial<ConfigSources> & { readonly file?: unknown } = {}): Settings {
  const { file, ...rest } = sources;
  const command = loadConfig({
    argv: [],
    environment: {},
    folder: '/home/someone',
    readFile: () => (typeof file === 'string' ? file : JSON.stringify(file)),
    isFolder: () => true,
    ...rest,
  });
  if (command.type !== 'run') {
    throw new Error(`expected settings, got ${command.type}`);
  }
  return command.settings;
}

function failure(sources: Parameters<typeof load>[0]): string {
  try {
    load(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('expected a ConfigError');
}

test('has a default for everything', () => {
  expect(load()).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    basePath: '/',
    allowedOrigins: [],
    trustedProxies: [],
    model: 'moonshine-tiny',
    threadsPerWorker: 1,
    logLevel: 'info',
    exposeMetrics: true,
  });
  expect(load().workers).toBeGreaterThanOrEqual(1);
  expect(load().webRoot).toMatch(/apps\/web\/dist$/);
});

test('takes flags before the environment before the file before the defaults', () => {
  const file = { port: 1, workers: 1, windowClips: 1 };
  const environment = { OUTSPOKEN_PORT: '2', OUTSPOKEN_WORKERS: '2', OUTSPOKEN_CONFIG: 'settings.json' };
  expect(load({ argv: ['--port', '3'], environment, file })).toMatchObject({ port: 3, workers: 2, windowClips: 1, drainTimeoutMs: 10_000 });
});

test('reads flags with a space, with an equals sign and without a value', () => {
  expect(load({ argv: ['--final-deadline-ms=20000', '--log-level', 'debug', '--no-expose-metrics'] })).toMatchObject({
    finalDeadlineMs: 20_000,
    logLevel: 'debug',
    exposeMetrics: false,
  });
  expect(load({ argv: ['--expose-metrics'] }).exposeMetrics).toBe(true);
  expect(load({ environment: { OUTSPOKEN_EXPOSE_METRICS: '0' } }).exposeMetrics).toBe(false);
});

test('reads lists with commas, or as arrays in the file', () => {
  const origins = ['https://a.example', 'http://localhost:3000'];
  expect(load({ argv: ['--allowed-origins', 'https://a.example, http://localhost:3000'] }).allowedOrigins).toEqual(origins);
  expect(load({ argv: ['--config', 'x.json'], file: { allowedOrigins: origins } }).allowedOrigins).toEqual(origins);
  expect(load({ argv: ['--trusted-proxies=10.0.0.0/8,::1'] }).trustedProxies).toEqual(['10.0.0.0/8', '::1']);
});

test('brings paths and hosts into one form', () => {
  expect(load({ argv: ['--base-path', '/speech/'] }).basePath).toBe('/speech');
  expect(load({ argv: ['--host', '[::1]'] }).host).toBe('::1');
  expect(load({ argv: ['--web-root', 'pages'] }).webRoot).toBe('/home/someone/pages');
  expect(load({ argv: ['--web-root', 'none'] }).webRoot).toBe('none');
  expect(load({ argv: ['--spool-folder', 'uploads'] }).spoolFolder).toBe('/home/someone/uploads');
});

test('takes an empty variable for an unset one', () => {
  expect(load({ environment: { OUTSPOKEN_PORT: '', OUTSPOKEN_CONFIG: '' } }).port).toBe(8080);
});

test('finds the file from the folder where the person stands', () => {
  const paths: string[] = [];
  const readFile = (path: string): string => {
    paths.push(path);
    return '{}';
  };
  load({ argv: ['--config', 'conf/a.json'], readFile });
  load({ environment: { OUTSPOKEN_CONFIG: '/etc/outspoken.json' }, readFile });
  expect(paths).toEqual(['/home/someone/conf/a.json', '/etc/outspoken.json']);
});

test('asks for help and version before it looks at anything else', () => {
  const sources = { environment: { OUTSPOKEN_PORT: 'wrong' }, folder: '/' };
  expect(loadConfig({ argv: ['--help'], ...sources })).toEqual({ type: 'help' });
  expect(loadConfig({ argv: ['-h'], ...sources })).toEqual({ type: 'help' });
  expect(loadConfig({ argv: ['--version'], ...sources })).toEqual({ type: 'version' });
});

test.each<[Parameters<typeof load>[0], string]>([
  [{ argv: ['--prot', '80'] }, "Unknown option '--prot', see --help"],
  [{ argv: ['serve'] }, "Unexpected argument 'serve', see --help"],
  [{ argv: ['--port'] }, "Option '--port <value>' argument missing, see --help"],
  [{ argv: ['--port', '--workers'] }, "Option '--port' argument is ambiguous, see --help"],
  [{ argv: ['--port', '65536'] }, '--port must be a whole number from 0 to 65535, got "65536"'],
  [{ argv: ['--port', '0x50'] }, '--port must be a whole number from 0 to 65535, got "0x50"'],
  [{ argv: ['--port=-1'] }, '--port must be a whole number from 0 to 65535, got "-1"'],
  [{ argv: ['--port='] }, '--port must be a whole number from 0 to 65535, got ""'],
  [{ argv: ['--no-port'] }, "Unknown option '--no-port', see --help"],
  [{ argv: ['--expose-metrics=maybe'] }, "Option '--expose-metrics' does not take an argument, see --help"],
  [{ argv: ['--model', '../../etc'] }, '--model must be one of moonshine-tiny, moonshine-base, got "../../etc"'],
  [
    { environment: { OUTSPOKEN_PORT: 'tcp://10.0.0.1:8080' } },
    'OUTSPOKEN_PORT must be a whole number from 0 to 65535, got "tcp://10.0.0.1:8080"',
  ],
  [
    { environment: { OUTSPOKEN_LOG_LEVEL: 'loud' } },
    'OUTSPOKEN_LOG_LEVEL must be one of silent, fatal, error, warn, info, debug, trace, got "loud"',
  ],
  [
    { argv: ['--allowed-origins', 'https://a.example/'] },
    '--allowed-origins must be origins such as https://app.example, without a path, got "https://a.example/"',
  ],
  [{ argv: ['--allowed-origins', '*'] }, '--allowed-origins must be origins such as https://app.example, without a path, got "*"'],
  [{ argv: ['--trusted-proxies', '10.0.0.0/33'] }, '--trusted-proxies must be addresses or networks such as 10.0.0.0/8, got "10.0.0.0/33"'],
  [{ argv: ['--base-path', 'speech'] }, '--base-path must be a path such as / or /speech, got "speech"'],
  [{ argv: ['--host', 'http://x'] }, '--host must be an address or a host name, got "http://x"'],
  [{ argv: ['--config', 'x.json'], file: { prot: 80 } }, 'unknown key "prot" in /home/someone/x.json, see --help for the list'],
  [{ argv: ['--config', 'x.json'], file: { toString: 1 } }, 'unknown key "toString" in /home/someone/x.json, see --help for the list'],
  [{ argv: ['--config', 'x.json'], file: { port: '80' } }, 'port in /home/someone/x.json must be a whole number from 0 to 65535, got "80"'],
  [{ argv: ['--config', 'x.json'], file: [] }, 'the configuration file /home/someone/x.json must hold one JSON object'],
  [
    { argv: ['--maximum-predicted-wait-ms', '9000', '--final-deadline-ms', '5000'] },
    'maximumPredictedWaitMs (9000) must not be above finalDeadlineMs (5000): such clips would be admitted only to be dropped',
  ],
  [
    { argv: ['--maximum-upload-bytes', '2000', '--maximum-spool-bytes', '1000'] },
    'maximumUploadBytes (2000) must not be above maximumSpoolBytes (1000): such files could never be kept',
  ],
])('says in one line what is wrong: %j', (sources, message) => {
  expect(failure(sources)).toBe(message);
});

test('wants a spool folder that exists', () => {
  const isFolder = (path: string): boolean => path !== '/home/someone/uploads';
  expect(failure({ argv: ['--spool-folder', 'uploads'], isFolder })).toBe(
    'spoolFolder must be a folder that exists, create /home/someone/uploads or choose another one',
  );
  const sources = { argv: [], environment: {}, folder: '/' };
  expect(loadConfig(sources).type).toBe('run');
  expect(() => loadConfig({ ...sources, argv: ['--spool-folder', import.meta.filename] })).toThrow(ConfigError);
});

test('says in one line that the file is missing or is not JSON', () => {
  expect(failure({ argv: ['--config', 'x.json'], file: '{"port": 80' })).toMatch(
    /^cannot read the configuration file \/home\/someone\/x\.json: [^\n]+$/,
  );
  const readFile = (): string => {
    throw new Error('ENOENT: no such file');
  };
  expect(failure({ argv: ['--config', 'x.json'], readFile })).toBe(
    'cannot read the configuration file /home/someone/x.json: ENOENT: no such file',
  );
});

test('cannot be changed once read', () => {
  expect(Object.isFrozen(load())).toBe(true);
});
