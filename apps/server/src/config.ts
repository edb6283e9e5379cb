import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
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
}

/** Flag and environment variable of the JSON file. */
export const CONFIG_FILE_FLAG = '--config';
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
  const webRoot = settings.webRoot === NO_WEB_ROOT ? NO_WEB_ROOT : resolve(sources.folder, settings.webRoot);
  return { type: 'run', settings: Object.freeze({ ...settings, webRoot }) };
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

interface Flags {
  command: 'help' | 'version' | undefined;
  configFile: string | undefined;
  readonly settings: PartialSettings;
}

function readFlags(argv: readonly string[]): Flags {
  const flags: Flags = { command: undefined, configFile: undefined, settings: {} };
  const rest = [...argv];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--help' || argument === '-h') {
      flags.command ??= 'help';
    } else if (argument === '--version') {
      flags.command ??= 'version';
    } else {
      readFlag(argument, flags, () => rest.shift());
    }
  }
  return flags;
}

function readFlag(argument: string, flags: Flags, next: () => string | undefined): void {
  const [flag = '', ...afterEquals] = argument.split('=');
  const inline = afterEquals.length > 0 ? afterEquals.join('=') : undefined;
  const takeValue = (): string => {
    const value = inline ?? next();
    if (value === undefined || (inline === undefined && value.startsWith('--'))) {
      throw new ConfigError(`${flag} needs a value, see --help`);
    }
    return value;
  };
  if (flag === CONFIG_FILE_FLAG) {
    flags.configFile = takeValue();
    return;
  }
  for (const key of KEYS) {
    const setting = SETTINGS[key];
    const isNegated = setting.isFlagAlone && flag === flagOf(key).replace('--', '--no-');
    if (flag === flagOf(key) || (isNegated && inline === undefined)) {
      const value = setting.isFlagAlone ? (inline ?? String(!isNegated)) : takeValue();
      flags.settings[key] = parse(flag, value, () => setting.fromText(value));
      return;
    }
  }
  throw new ConfigError(flag.startsWith('-') ? `unknown flag ${flag}, see --help` : `unexpected argument "${flag}", see --help`);
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
