import { expect, test } from 'vitest';
import { parseTextFormat } from '../src/index.ts';

test('takes what there is, and nothing else', () => {
  const format = { numerals: 'digits', profanity: 'mask', redact: ['digits', 'email'] };
  expect(parseTextFormat({ ...format, colour: 'red' })).toEqual(format);
  expect(parseTextFormat({})).toEqual({});
});

test.each([
  [{ numerals: 'roman' }, 'format.numerals'],
  [{ profanity: true }, 'format.profanity'],
  [{ redact: 'digits' }, 'format.redact'],
  [{ redact: ['names'] }, 'format.redact[0]'],
  ['digits', 'format'],
])('refuses %j by name', (value, path) => {
  expect(() => parseTextFormat(value)).toThrow(expect.objectContaining({ code: 'bad_message', path }));
});
