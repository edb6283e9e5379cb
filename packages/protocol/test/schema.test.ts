import { expect, test } from 'vitest';
import { ProtocolError } from '../src/index.ts';
import { array, boolean, integer, literal, number, object, oneOf, optional, string, union } from '../src/schema.ts';

function failure(action: () => unknown): ProtocolError {
  try {
    action();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('did not throw');
}

test('numbers are finite and within their range', () => {
  const schema = number({ minimum: -1, maximum: 1 });
  expect(schema.parse(0.5, '')).toBe(0.5);
  expect(Object.is(schema.parse(-0, ''), 0)).toBe(true);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1.1, -1.1, '0', null, undefined, [0], { valueOf: () => 0 }]) {
    expect(failure(() => schema.parse(value, 'x')).path).toBe('x');
  }
  expect(failure(() => integer(0, 9).parse(1.5, 'n')).message).toBe('n must be an integer 0 to 9, got 1.5');
});

test('strings are bounded and match their pattern', () => {
  expect(string({ maximum: 3 }).parse('abc', '')).toBe('abc');
  expect(failure(() => string({ maximum: 3 }).parse('abcd', 's')).message).toBe(
    's must be a string of at most 3 characters, got a string of 4 characters',
  );
  expect(failure(() => string({ maximum: 3, pattern: /^a+$/ }).parse('ab', 's')).code).toBe('bad_message');
});

test('arrays are bounded and name the index', () => {
  const schema = array(boolean, { maximum: 2 });
  expect(schema.parse([true, false], '')).toEqual([true, false]);
  expect(failure(() => schema.parse([true, 1], 'list')).path).toBe('list[1]');
  expect(failure(() => schema.parse([true, true, true], 'list')).message).toBe('list must be an array of at most 2, got an array of 3');
  expect(failure(() => schema.parse({ length: 1 }, 'list')).code).toBe('bad_message');
  const holes = new Array(2);
  expect(failure(() => schema.parse(holes, 'list'))).toBeInstanceOf(ProtocolError);
});

test('objects copy known own fields only', () => {
  const schema = object({ a: boolean, b: optional(integer(0, 9)) });
  expect(schema.parse({ a: true, c: 1 }, '')).toEqual({ a: true });
  expect(schema.parse({ a: true, b: 2 }, '')).toEqual({ a: true, b: 2 });
  expect(failure(() => schema.parse(Object.create({ a: true }), '')).path).toBe('a');
  expect(failure(() => schema.parse({ a: true, b: null }, 'o')).path).toBe('o.b');
  expect(failure(() => schema.parse([], 'o')).message).toBe('o must be an object, got an array of 0');
  expect(failure(() => schema.parse(null, '')).message).toBe('message must be an object, got null');
});

test('literals, choices and unions report their own code', () => {
  expect(failure(() => literal('v1', 'unsupported_protocol').parse('v2', '')).code).toBe('unsupported_protocol');
  expect(failure(() => oneOf(['a', 'b'], 'unsupported_encoding').parse('c', '')).code).toBe('unsupported_encoding');
  const schema = union({ a: object({ type: literal('a') }) });
  expect(schema.parse({ type: 'a', more: 1 }, '')).toEqual({ type: 'a' });
  expect(failure(() => schema.parse({ type: 'b' }, '')).code).toBe('unknown_message');
  expect(failure(() => schema.parse({}, '')).path).toBe('type');
  expect(failure(() => schema.parse('a', '')).code).toBe('bad_message');
});
