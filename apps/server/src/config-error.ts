/** A setting that is unknown or out of range. Its message is one line for the person who starts the program. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'bad_configuration';
}
