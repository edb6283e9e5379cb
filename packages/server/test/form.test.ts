import { expect, test } from 'vitest';
import { Form } from '../src/api/openai/form.ts';

const form = (...fields: [string, string][]) => new Form(fields.map(([name, value]) => ({ name, value })));

test('a field that is empty or the word null is absent', () => {
  expect(form(['language', 'null']).text('language')).toBeUndefined();
  expect(form(['language', '']).text('language')).toBeUndefined();
  expect(form(['temperature', 'null']).number('temperature', 0, 1)).toBeUndefined();
  expect(form(['stream', 'null']).flag('stream')).toBe(false);
  expect(form(['include[]', 'null']).list('include')).toEqual([]);
});

test('a single field that comes twice is a mistake, whatever it is', () => {
  const twice = form(['model', 'a'], ['model', 'a']);
  expect(() => twice.text('model')).toThrow(expect.objectContaining({ code: 'duplicate_parameter', param: 'model' }));
});

test.each(['words', 'words[]', 'words[0]', 'words[12]'])('reads %s as an entry of a list', (name) => {
  expect(form([name, 'a'], ['other', 'x'], [name, 'b']).list('words')).toEqual(['a', 'b']);
});

test('an entry of an object is no entry of a list', () => {
  expect(form(['words[type]', 'a']).list('words')).toEqual([]);
});

test.each(['true', 'True', 'TRUE', '1'])('%s is true', (value) => {
  expect(form(['stream', value]).flag('stream')).toBe(true);
});

test.each(['false', 'False', '0'])('%s is false', (value) => {
  expect(form(['stream', value]).flag('stream')).toBe(false);
});

test.each(['yes', '2', 'tru'])('%s is no boolean', (value) => {
  expect(() => form(['stream', value]).flag('stream')).toThrow(expect.objectContaining({ code: 'invalid_value', param: 'stream' }));
});

test.each([
  ['0', 0],
  ['1', 1],
  ['0.25', 0.25],
  ['1e-1', 0.1],
])('%s is a number', (value, number) => {
  expect(form(['temperature', value]).number('temperature', 0, 1)).toBe(number);
});

test.each(['-0.1', '1.1', 'warm', ' ', 'NaN', 'Infinity'])('%j is out of the range', (value) => {
  expect(() => form(['temperature', value]).number('temperature', 0, 1)).toThrow('temperature must be 0-1');
});

test('says where a range has no end', () => {
  expect(() => form(['ms', '-1']).number('ms', 0, Number.POSITIVE_INFINITY)).toThrow('ms must be 0 or more');
});
