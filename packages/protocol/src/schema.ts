import type { ErrorCode } from './error-codes.ts';
import { ProtocolError } from './protocol-error.ts';

/** Turns an unknown value into a `T`, or throws {@link ProtocolError} with the path of what is wrong. */
export interface Schema<T> {
  parse(value: unknown, path: string): T;
}
/** A field that may be absent. */
export interface OptionalSchema<T> extends Schema<T> {
  readonly isOptional: true;
}
/** The type that a schema yields. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

type Fields = Readonly<Record<string, Schema<unknown>>>;
type Simplify<T> = { [K in keyof T]: T[K] } & {};
/** The object type of a record of field schemas. */
export type InferFields<F extends Fields> = Simplify<
  { readonly [K in keyof F as F[K] extends OptionalSchema<unknown> ? never : K]: Infer<F[K]> } & {
    readonly [K in keyof F as F[K] extends OptionalSchema<unknown> ? K : never]?: Infer<F[K]>;
  }
>;

function fail(path: string, expectation: string, value: unknown, code: ErrorCode = 'bad_message'): never {
  throw new ProtocolError(code, `${path === '' ? 'message' : path} must be ${expectation}, got ${describe(value)}`, { path });
}

/** Names a value without repeating text, which may be what the user said. */
function describe(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  return Array.isArray(value) ? `an array of ${value.length}` : `a value of type ${typeof value}`;
}

/** A finite number within a closed range. */
export function number(range: { readonly minimum: number; readonly maximum: number; readonly isInteger?: boolean }): Schema<number> {
  const expectation = `${range.isInteger ? 'an integer' : 'a number'} ${range.minimum} to ${range.maximum}`;
  return {
    parse(value, path) {
      if (typeof value !== 'number' || !(value >= range.minimum && value <= range.maximum)) return fail(path, expectation, value);
      if (range.isInteger && !Number.isInteger(value)) return fail(path, expectation, value);
      // JSON cannot carry -0, so both ends see 0.
      return value === 0 ? 0 : value;
    },
  };
}

/** A whole number within a closed range. */
export function integer(minimum: number, maximum: number): Schema<number> {
  return number({ minimum, maximum, isInteger: true });
}

/** Text of bounded length (UTF-16 units), of a pattern if one is given. A pattern must be anchored and linear. */
export function string(limits: { readonly maximum: number; readonly pattern?: RegExp; readonly expectation?: string }): Schema<string> {
  const expectation = limits.expectation ?? `a string of at most ${limits.maximum} characters`;
  return {
    parse(value, path) {
      if (typeof value !== 'string' || value.length > limits.maximum) return fail(path, expectation, value);
      if (limits.pattern && !limits.pattern.test(value)) return fail(path, expectation, value);
      return value;
    },
  };
}

/** `true` or `false`. */
export const boolean: Schema<boolean> = {
  parse: (value, path) => (typeof value === 'boolean' ? value : fail(path, 'true or false', value)),
};

/** Exactly this value; `code` is reported for any other. */
export function literal<const T extends string>(expected: T, code?: ErrorCode): Schema<T> {
  return { parse: (value, path) => (value === expected ? expected : fail(path, `'${expected}'`, value, code)) };
}

/** One of these strings; `code` is reported for any other. */
export function oneOf<const T extends string>(values: readonly T[], code?: ErrorCode): Schema<T> {
  return {
    parse: (value, path) => values.find((candidate) => candidate === value) ?? fail(path, `one of ${values.join(', ')}`, value, code),
  };
}

/** A bounded array. */
export function array<T>(item: Schema<T>, limits: { readonly maximum: number }): Schema<readonly T[]> {
  return {
    parse(value, path) {
      if (!Array.isArray(value) || value.length > limits.maximum) return fail(path, `an array of at most ${limits.maximum}`, value);
      // Unlike map, from also visits the holes of a sparse array.
      return Array.from(value, (element: unknown, index) => item.parse(element, `${path}[${index}]`));
    },
  };
}

/** Marks a field of {@link object} that may be absent. */
export function optional<T>(schema: Schema<T>): OptionalSchema<T> {
  return { isOptional: true, parse: (value, path) => schema.parse(value, path) };
}

/**
 * An object with these fields. Only they are copied into a fresh object, and only from the value's own properties:
 * unknown fields are ignored, and neither `__proto__` nor an inherited value can reach the result.
 */
export function object<const F extends Fields>(fields: F): Schema<InferFields<F>> {
  const entries = Object.entries(fields);
  return {
    parse(value, path) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(path, 'an object', value);
      const result: Record<string, unknown> = {};
      for (const [key, schema] of entries) {
        const field: unknown = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
        if (field === undefined && 'isOptional' in schema) continue;
        result[key] = schema.parse(field, path === '' ? key : `${path}.${key}`);
      }
      // Each field was parsed by the schema that the type is inferred from.
      return result as InferFields<F>;
    },
  };
}

/** One of several objects, told apart by their `type`; an unknown `type` is `unknown_message`. */
export function union<const V extends Readonly<Record<string, Schema<unknown>>>>(variants: V): Schema<Infer<V[keyof V]>> {
  return {
    parse(value, path) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(path, 'an object', value);
      const type: unknown = Object.hasOwn(value, 'type') ? (value as Record<string, unknown>)['type'] : undefined;
      if (typeof type !== 'string') return fail('type', 'a string', type);
      const variant = Object.hasOwn(variants, type) ? variants[type] : undefined;
      if (!variant) return fail('type', 'a message type of this direction', type, 'unknown_message');
      return variant.parse(value, path) as Infer<V[keyof V]>;
    },
  };
}
