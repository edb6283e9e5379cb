import { isIP } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { choice, integer, list, type Setting, text, toggle } from './setting.ts';

// The demo as `apps/web` builds it: two folders up from both src/ and dist/.
const BUILT_DEMO = fileURLToPath(new URL('../../web/dist', import.meta.url));

const GIBIBYTE = 1024 ** 3;

/** Value of `webRoot` that serves no page at all. */
export const NO_WEB_ROOT = 'none';

/**
 * Every setting, once. A key is a flag in kebab case (`--final-deadline-ms`), an environment variable in upper snake case
 * (`OUTSPOKEN_FINAL_DEADLINE_MS`) and a key of the JSON file (`finalDeadlineMs`).
 */
export const SETTINGS = {
  host: text({
    description: 'address to listen on; 0.0.0.0 for every network, with a TLS proxy in front',
    form: 'ADDRESS',
    defaultValue: '127.0.0.1',
    check: checkHost,
  }),
  port: integer({ description: 'port to listen on; 0 picks a free one', defaultValue: 8080, minimum: 0, maximum: 65_535 }),
  basePath: text({
    description: 'path under which everything is served',
    form: '/PATH',
    defaultValue: '/',
    check: checkBasePath,
  }),
  webRoot: text({
    description: `folder of the web page; "${NO_WEB_ROOT}" serves the API only`,
    form: 'FOLDER',
    defaultValue: BUILT_DEMO,
    defaultText: 'the built demo',
    check: (value) => value,
  }),
  allowedOrigins: list({
    description: 'further web origins that may use the server',
    form: 'https://SITE,...',
    defaultValue: [],
    check: checkOrigin,
  }),
  trustedProxies: list({
    description: 'proxies whose X-Forwarded-* headers count',
    form: 'ADDRESS[/BITS],...',
    defaultValue: [],
    check: checkProxy,
  }),
  exposeMetrics: toggle({ description: 'serve /metrics', defaultValue: true }),
  model: choice({
    description: 'model that recognizes speech',
    defaultValue: 'moonshine-tiny',
    values: ['moonshine-tiny', 'moonshine-base'],
  }),
  graph: choice({
    description: 'graphs that compute it: the fastest that is right on this processor, or those named here',
    defaultValue: 'auto',
    values: ['auto', 'signed', 'unsigned', 'shipped'],
  }),
  effort: choice({
    description: 'how often a clip is heard: once, again if not sure, up to five times, or again only by idle workers',
    defaultValue: 'auto',
    values: ['fast', 'balanced', 'best', 'auto'],
  }),
  workers: integer({
    description: 'recognition processes; each runs one batch of clips at a time and has the next in hand',
    defaultValue: Math.min(availableParallelism(), 256),
    defaultText: 'one per core',
    minimum: 1,
    maximum: 256,
  }),
  threadsPerWorker: integer({
    description: 'threads of one process; more processes are faster than more threads',
    defaultValue: 1,
    minimum: 1,
    maximum: 64,
  }),
  jobTimeoutMs: integer({
    description: 'longest time for each clip of a batch before its worker is replaced',
    defaultValue: 60_000,
    minimum: 1000,
    maximum: 600_000,
  }),
  maximumPredictedWaitMs: integer({
    description: 'a clip that would wait longer is answered "overloaded" at once',
    defaultValue: 2500,
    minimum: 100,
    maximum: 600_000,
  }),
  finalDeadlineMs: integer({
    description: 'a clip that has waited longer is dropped and sent again by its client',
    defaultValue: 10_000,
    minimum: 100,
    maximum: 600_000,
  }),
  maximumSessions: integer({ description: 'sessions held at once', defaultValue: 1000, minimum: 1, maximum: 1_000_000 }),
  windowClips: integer({ description: 'unanswered clips of one session', defaultValue: 8, minimum: 1, maximum: 256 }),
  resumeWindowMs: integer({
    description: 'how long a session waits for a client that lost its connection',
    defaultValue: 60_000,
    minimum: 0,
    maximum: 600_000,
  }),
  fileReaders: integer({
    description: 'most processes that read uploaded files, one file each; all but one end when idle',
    defaultValue: 4,
    minimum: 1,
    maximum: 64,
  }),
  maximumFileMs: integer({
    description: 'most audio that one uploaded file may hold',
    defaultValue: 14_400_000,
    minimum: 1000,
    maximum: 86_400_000,
  }),
  maximumUploadBytes: integer({
    description: 'largest uploaded file',
    defaultValue: 2 * GIBIBYTE,
    defaultText: `2 GiB (${2 * GIBIBYTE})`,
    minimum: 1000,
    maximum: Number.MAX_SAFE_INTEGER,
  }),
  maximumSpoolBytes: integer({
    description: 'what all uploads together may keep on the disk',
    defaultValue: 8 * GIBIBYTE,
    defaultText: `8 GiB (${8 * GIBIBYTE})`,
    minimum: 1000,
    maximum: Number.MAX_SAFE_INTEGER,
  }),
  maximumUploads: integer({
    description: 'uploads at once, those that wait for a reader included',
    defaultValue: 64,
    minimum: 1,
    maximum: 10_000,
  }),
  spoolFolder: text({
    description: 'folder in which uploads wait until they are opened; it must exist',
    form: 'FOLDER',
    defaultValue: tmpdir(),
    defaultText: 'the folder of the system for temporary files',
    check: (value) => value,
  }),
  drainTimeoutMs: integer({
    description: 'time to finish the clips and files in flight when told to stop',
    defaultValue: 10_000,
    minimum: 0,
    maximum: 600_000,
  }),
  logLevel: choice({
    description: 'least important lines to log',
    defaultValue: 'info',
    values: ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'],
  }),
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

/** Name of a setting. */
export type SettingKey = keyof typeof SETTINGS;

/** The value of every setting. */
export type Settings = { readonly [Key in SettingKey]: (typeof SETTINGS)[Key]['defaultValue'] };

/** The flag of a setting: `finalDeadlineMs` is `--final-deadline-ms`. */
export function flagOf(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The environment variable of a setting: `finalDeadlineMs` is `OUTSPOKEN_FINAL_DEADLINE_MS`. */
export function environmentVariableOf(key: string): string {
  return `OUTSPOKEN_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

function checkHost(value: string): string {
  const host = value.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host)) {
    return host;
  }
  throw new RangeError('must be an address or a host name');
}

function checkBasePath(value: string): string {
  if (!/^\/$|^(\/[\w.~-]+)+\/?$/.test(value)) {
    throw new RangeError('must be a path such as / or /speech');
  }
  return value === '/' ? value : value.replace(/\/$/, '');
}

function checkOrigin(value: string): string {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value) || new URL(value).origin !== value) {
    throw new RangeError('must be origins such as https://app.example, without a path');
  }
  return value;
}

function checkProxy(value: string): string {
  const [address = '', bits] = value.split('/');
  const family = isIP(address);
  const areBitsGood = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
  if (family === 0 || !areBitsGood) {
    throw new RangeError('must be addresses or networks such as 10.0.0.0/8');
  }
  return value;
}
