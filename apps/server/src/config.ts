import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from './config-error.ts';
import { environmentVariableOf, flagOf, NO_WEB_ROOT, SETTINGS, type SettingKey, type Settings } from './settings.ts';

/** What the command line asks for. */
export type Command = { readonly type: 'run'; readonly settings: Settings } | { readonly type: 'help' } | { readonly type: 'version' };

/** Where settings come from. */
export interface ConfigSources {
  /** Arguments after the name of the program. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from; absolute. */
  readonly folder: string;
  /** Reads the JSON file. @defaultValue the file system */
  readonly readFile?: (path: string) => string;
  /** Whether there is a folder of this name. @defaultValue the file system */
  readonly isFolder?: (path: string) => boolean;
}

/** Environment variable of the JSON file; its flag is `--config`. */
export const CONFIG_FILE_VARIABLE = 'OUTSPOKEN_CONFIG';

type PartialSettings = { -readonly [Key in SettingKey]?: Settings[SettingKey] };

const KEYS = Object.keys(SETTINGS) as SettingKey[];

/**
 * Reads the settings: flags before environment before file before defaults.
 *
 * @throws {@link ConfigError} in one line that names the flag, variable or key, what was expected and what came.
 */
export function loadConfig(sources: ConfigSources): Command {
  const flags = readFlags(sources.argv);
  if (flags.command) {
    return { type: flags.command };
  }
  const path = flags.configFile ?? given(sources.environment[CONFIG_FILE_VARIABLE]);
  const file =
    path === undefined ? {} : readSettingsFile(resolve(sources.folder, path), sources.readFile ?? ((name) => readFileSync(name, 'utf8')));
  const merged = { ...defaults(), ...file, ...readEnvironment(sources.environment), ...flags.settings };
  // Each value comes from the parser or the default of its own key.
  const settings = merged as Settings;
  if (settings.maximumPredictedWaitMs > settings.finalDeadlineMs) {
    throw new ConfigError(
      `maximumPredictedWaitMs (${settings.maximumPredictedWaitMs}) must not be above finalDeadlineMs (${settings.finalDeadlineMs}): such clips would be admitted only to be dropped`,
    );
  }
  if (settings.maximumUploadBytes > settings.maximumSpoolBytes) {
    throw new ConfigError(
      `maximumUploadBytes (${settings.maximumUploadBytes}) must not be above maximumSpoolBytes (${settings.maximumSpoolBytes}): such files could never be kept`,
    );
  }
  const spoolFolder = resolve(sources.folder, settings.spoolFolder);
  if (!(sources.isFolder ?? isFolder)(spoolFolder)) {
    throw new ConfigError(`spoolFolder must be a folder that exists, create ${spoolFolder} or choose another one`);
  }
  const webRoot = settings.webRoot === NO_WEB_ROOT ? NO_WEB_ROOT : resolve(sources.folder, settings.webRoot);
  return { type: 'run', settings: Object.freeze({ ...settings, spoolFolder, webRoot }) };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function defaults(): PartialSettings {
  const settings: PartialSettings = {};
  for (const key of KEYS) {
    settings[key] = SETTINGS[key].defaultValue;
  }
  return settings;
}

function readEnvironment(environment: ConfigSources['environment']): PartialSettings {
  const settings: PartialSettings = {};
  for (const key of KEYS) {
    const variable = environmentVariableOf(key);
    const value = given(environment[variable]);
    if (value !== undefined) {
      settings[key] = parse(variable, value, () => SETTINGS[key].fromText(value));
    }
  }
  return settings;
}

/** An empty variable is what compose files and shells leave for an unset one. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function readSettingsFile(path: string, readFile: (path: string) => string): PartialSettings {
  let content: unknown;
  try {
    content = JSON.parse(readFile(path));
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new ConfigError(`cannot read the configuration file ${path}: ${reason}`, { cause });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigError(`the configuration file ${path} must hold one JSON object`);
  }
  const settings: PartialSettings = {};
  for (const [key, value] of Object.entries(content)) {
    if (!isSettingKey(key)) {
      throw new ConfigError(`unknown key "${key}" in ${path}, see --help for the list`);
    }
    settings[key] = parse(`${key} in ${path}`, value, () => SETTINGS[key].fromJson(value));
  }
  return settings;
}

const FLAGS = Object.fromEntries<{ readonly type: 'string' | 'boolean'; readonly short?: string }>([
  ['help', { type: 'boolean', short: 'h' }],
  ['version', { type: 'boolean' }],
  ['config', { type: 'string' }],
  ...KEYS.map((key) => [flagOf(key).slice(2), { type: SETTINGS[key].isFlagAlone ? 'boolean' : 'string' }] as const),
]);

function readFlags(argv: readonly string[]): { command?: 'help' | 'version'; configFile?: string; settings: PartialSettings } {
  const { help, version, config, ...values } = parseFlags(argv);
  const settings: PartialSettings = {};
  for (const key of KEYS) {
    const value = values[flagOf(key).slice(2)];
    if (value !== undefined) {
      settings[key] = parse(flagOf(key), value, () => SETTINGS[key].fromText(String(value)));
    }
  }
  return {
    settings,
    ...(help || version ? { command: help ? 'help' : 'version' } : {}),
    ...(config ? { configFile: String(config) } : {}),
  };
}

function parseFlags(argv: readonly string[]): Readonly<Record<string, unknown>> {
  try {
    return parseArgs({ args: [...argv], options: FLAGS, allowNegative: true }).values;
  } catch (cause) {
    // The first sentence says what is wrong; the rest is about positional arguments, of which there are none.
    const [sentence] = cause instanceof Error ? cause.message.split(/\.\s/) : [String(cause)];
    throw new ConfigError(`${sentence}, see --help`, { cause });
  }
}

function parse<T>(source: string, value: unknown, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new ConfigError(`${source} ${cause.message}, got ${JSON.stringify(value)}`, { cause });
    }
    throw cause;
  }
}

function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTINGS, key);
}
