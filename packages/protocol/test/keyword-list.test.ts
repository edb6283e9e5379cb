import { expect, test } from 'vitest';
import { MAX_KEYWORD_CHARACTERS, MAX_KEYWORDS, parseKeywords } from '../src/index.ts';

test('takes as many keywords as there may be, as long as they may be', () => {
  const list = new Array<string>(MAX_KEYWORDS).fill('x'.repeat(MAX_KEYWORD_CHARACTERS));
  expect(parseKeywords(list)).toEqual(list);
  expect(parseKeywords([])).toEqual([]);
});

test.each([
  [new Array<string>(MAX_KEYWORDS + 1).fill('x'), 'keywords'],
  [['fine', 'x'.repeat(MAX_KEYWORD_CHARACTERS + 1)], 'keywords[1]'],
  [['fine', 7], 'keywords[1]'],
  ['Thornton', 'keywords'],
])('refuses a list that is none by name', (value, path) => {
  expect(() => parseKeywords(value)).toThrow(expect.objectContaining({ code: 'bad_message', path }));
});
