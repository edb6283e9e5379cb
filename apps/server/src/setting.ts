/** One setting: what it is, and how a text or a JSON value becomes it. The parsers throw a RangeError that says what was expected. */
export interface Setting<T> {
  readonly description: string;
  /** Shape of the value, for `--help`. */
  readonly form: string;
  readonly defaultValue: T;
  /** The default as `--help` shows it. */
  readonly defaultText: string;
  readonly isFlagAlone: boolean;
  fromText(text: string): T;
  fromJson(value: unknown): T;
}

interface Common<T> {
  readonly description: string;
  readonly defaultValue: T;
  readonly defaultText?: string;
}

/** A whole number within bounds. */
export function integer(options: Common<number> & { readonly minimum: number; readonly maximum: number }): Setting<number> {
  const { minimum, maximum } = options;
  const expectation = `must be a whole number from ${minimum} to ${maximum}`;
  const check = (value: unknown): number => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) {
      return value;
    }
    throw new RangeError(expectation);
  };
  return {
    ...describe(options, `${minimum}-${maximum}`),
    fromText: (text) => check(/^\d+$/.test(text) ? Number(text) : undefined),
    fromJson: check,
  };
}

/** A setting that is one word out of a list. */
export interface Choice<T> extends Setting<T> {
  readonly values: readonly T[];
}

/** One word out of a list. */
export function choice<const T extends string>(options: Common<NoInfer<T>> & { readonly values: readonly T[] }): Choice<T> {
  const check = (value: unknown): T => {
    const found = options.values.find((candidate) => candidate === value);
    if (found === undefined) {
      throw new RangeError(`must be one of ${options.values.join(', ')}`);
    }
    return found;
  };
  return { ...describe(options, options.values.join('|')), values: options.values, fromText: check, fromJson: check };
}

/** A text that a check accepts; the check may bring it into its canonical form, and throws a RangeError otherwise. */
export function text(options: Common<string> & { readonly form: string; readonly check: (value: string) => string }): Setting<string> {
  const check = (value: unknown): string => {
    if (typeof value !== 'string' || value === '') {
      throw new RangeError(`must be a text: ${options.form}`);
    }
    return options.check(value);
  };
  return { ...describe(options, options.form), fromText: check, fromJson: check };
}

/** Several texts: separated by commas on the command line and in the environment, an array in the file. */
export function list(
  options: Common<readonly string[]> & { readonly form: string; readonly check: (value: string) => string },
): Setting<readonly string[]> {
  const checkAll = (values: readonly unknown[]): readonly string[] =>
    values.map((value) => {
      if (typeof value !== 'string') {
        throw new RangeError(`must be a list of texts: ${options.form}`);
      }
      return options.check(value);
    });
  return {
    ...describe(options, options.form),
    fromText: (line) =>
      checkAll(
        line
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== ''),
      ),
    fromJson: (value) => {
      if (!Array.isArray(value)) {
        throw new RangeError(`must be an array of texts: ${options.form}`);
      }
      return checkAll(value);
    },
  };
}

/** Yes or no: `--name` and `--no-name` on the command line, `true` or `false` elsewhere. */
export function toggle(options: Common<boolean>): Setting<boolean> {
  const fromJson = (value: unknown): boolean => {
    if (typeof value !== 'boolean') {
      throw new RangeError('must be true or false');
    }
    return value;
  };
  return {
    ...describe(options, 'true|false'),
    isFlagAlone: true,
    fromText: (word) => fromJson({ true: true, 1: true, false: false, 0: false }[word]),
    fromJson,
  };
}

function describe<T>(options: Common<T>, form: string): Omit<Setting<T>, 'fromText' | 'fromJson'> {
  const { description, defaultValue } = options;
  const shown = Array.isArray(defaultValue) ? defaultValue.join(',') || 'none' : String(defaultValue);
  return { description, form, defaultValue, defaultText: options.defaultText ?? shown, isFlagAlone: false };
}
