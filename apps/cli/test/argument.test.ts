import { expect, test } from 'vitest';
import { parseAddress, parseCount, parseList } from '../src/argument.ts';

test('reads a whole number within bounds', () => {
  const parse = parseCount(64);
  expect([parse('1'), parse('64')]).toEqual([1, 64]);
  for (const text of ['0', '65', '-1', '1.5', 'two', '']) {
    expect(() => parse(text), text).toThrow('It must be a whole number from 1 to 64.');
  }
});

test('reads an address with and without its scheme', () => {
  expect(parseAddress('http://127.0.0.1:8080').href).toBe('http://127.0.0.1:8080/');
  expect(parseAddress('https://speech.example/base').href).toBe('https://speech.example/base');
  expect(parseAddress('localhost:8080').href).toBe('http://localhost:8080/');
});

test.each(['ftp://host', 'http://', 'not an address'])('refuses the address %s', (text) => {
  expect(() => parseAddress(text)).toThrow('It must be an address');
});

test('reads a list of names', () => {
  const parse = parseList(['digits', 'email']);
  expect(parse('digits')).toEqual(['digits']);
  expect(parse('email, digits')).toEqual(['email', 'digits']);
  for (const text of ['', 'digits,', 'names']) expect(() => parse(text), text).toThrow('It must be one or more of: digits, email.');
});
