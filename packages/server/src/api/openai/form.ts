import type { FormField } from '../upload/receive-upload.ts';
import { RequestError } from './request-error.ts';

/**
 * The fields of a form, read as OpenAI's clients write them: lists as `name[]`, objects as `name[key]`, numbers and booleans as
 * text, and `null` as the word, because a form has none.
 */
export class Form {
  readonly #fields: readonly FormField[];

  constructor(fields: readonly FormField[]) {
    this.#fields = fields.filter(({ value }) => value !== '' && value !== 'null');
  }

  /** A field that may be there once. @throws {@link RequestError} `duplicate_parameter`. */
  text(name: string): string | undefined {
    const values = this.#fields.filter((field) => field.name === name).map(({ value }) => value);
    if (values.length > 1) throw new RequestError('duplicate_parameter', `${name} must be given once`, name);
    return values[0];
  }

  /** A list: `name[]`, `name` or `name[0]`, as often as it has entries. */
  list(name: string): readonly string[] {
    const forms = new RegExp(`^${name}(\\[\\d*\\])?$`);
    return this.#fields.filter((field) => forms.test(field.name)).map(({ value }) => value);
  }

  /** A number in a range. @throws {@link RequestError} `invalid_value`. */
  number(name: string, minimum: number, maximum: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= minimum && value <= maximum) return value;
    const range = maximum === Number.POSITIVE_INFINITY ? `${minimum} or more` : `${minimum}-${maximum}`;
    throw new RequestError('invalid_value', `${name} must be ${range}`, name);
  }

  /** True or false, in any spelling that a language has for them. @throws {@link RequestError} `invalid_value`. */
  flag(name: string): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined || text === 'false' || text === '0') return false;
    if (text === 'true' || text === '1') return true;
    throw new RequestError('invalid_value', `${name} must be true or false`, name);
  }
}
