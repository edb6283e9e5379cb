import { expect, test } from 'vitest';
import { keywordsOfPrompt, splitPhrases } from '../src/api/openai/prompt-keywords.ts';

test.each<[string, string[]]>([
  ['ZyntriQix, Digique Plus, CynapseFive', ['ZyntriQix', 'Digique Plus', 'CynapseFive']],
  ['rigor mortis\nalimentary canal\r\n', ['rigor mortis', 'alimentary canal']],
  ['"Thornton"; (Hale)', ['Thornton', 'Hale']],
  // Of a sentence its names, but not what begins it.
  ['The talk is about OpenAI and the GPT-4 models of last year', ['OpenAI', 'GPT-4']],
  ['Yesterday we met Margaret Hale at the station and I was late', ['Margaret Hale']],
  ['Margaret Hale met us at the station of Milton yesterday.', ['Margaret Hale', 'Milton']],
  ['He left for St. Petersburg with the 9 o clock train again', ['St Petersburg']],
  ['so we talked about nothing in particular all day', []],
  ['', []],
  [' , ;\n', []],
  ['Hale, Hale', ['Hale']],
  ['a, b, AI', ['AI']],
  ['x'.repeat(101), []],
])('%j names %j', (prompt, keywords) => {
  expect(keywordsOfPrompt(prompt)).toEqual(keywords);
});

test('a list has commas, semicolons or line ends between its phrases', () => {
  expect(splitPhrases(' Mr. Thornton, rigor mortis;\r\nU.S.: a country,,')).toEqual(['Mr. Thornton', 'rigor mortis', 'U.S.: a country']);
  expect(splitPhrases('')).toEqual([]);
});
