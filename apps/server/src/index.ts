export { type Command, type ConfigSources, loadConfig } from './config.ts';
export { ConfigError } from './config-error.ts';
export { type Engine, startEngine } from './engine.ts';
export { EXIT_CODE } from './exit-code.ts';
export { helpText } from './help.ts';
export { createLogger } from './logger.ts';
export { type RunServerOptions, runServer } from './run.ts';
export { environmentVariableOf, flagOf, SETTINGS, type SettingKey, type Settings } from './settings.ts';
export { handleSignals, type ShutdownOptions } from './shutdown.ts';
