import { expect, test } from 'vitest';
import { createUuidV7, isUuid } from '../src/index.ts';
import { formatUuid, parseUuid } from '../src/uuid.ts';

test('a UUIDv7 carries its time, version and variant', () => {
  const id = createUuidV7(0x0123_4567_89ab);
  expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(isUuid(id)).toBe(true);
  expect(formatUuid(parseUuid(id))).toBe(id);
});

test('ids of one millisecond differ and ids of later milliseconds sort later', () => {
  expect(new Set(Array.from({ length: 1000 }, () => createUuidV7(5))).size).toBe(1000);
  expect(createUuidV7(1_764_000_000_001) > createUuidV7(1_764_000_000_000)).toBe(true);
});

test('only canonical lower-case UUIDs are accepted', () => {
  for (const text of [
    '',
    'x',
    '0199F3A0-7c1e-7b2a-8f00-0123456789ab',
    '0199f3a07c1e7b2a8f000123456789ab',
    ' 0199f3a0-7c1e-7b2a-8f00-0123456789a',
  ]) {
    expect(isUuid(text)).toBe(false);
    expect(() => parseUuid(text)).toThrow(TypeError);
  }
});

test('a time that does not fit is refused', () => {
  expect(() => createUuidV7(-1)).toThrow(RangeError);
  expect(() => createUuidV7(2 ** 48)).toThrow(RangeError);
  expect(() => createUuidV7(Number.NaN)).toThrow(RangeError);
});
