import { expect, test } from 'vitest';
import { dropFillers, expandContractions } from '../../src/normalisation/contractions.ts';

const tidy = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

test.each([
  ["she's been there", 'she has been there'],
  ["they'd gone", 'they had gone'],
  ["it's got to", 'it has got to'],
  ["we'll say they're sure i've heard you'd", 'we will say they are sure i have heard you would'],
  ["they won't and can't", 'they will not and can not'],
  ['i gotta go', 'i got to go'],
  ['sen hall and lt col park jr', 'senator hall and lieutenant colonel park junior'],
])('%s becomes %s', (short, long) => {
  expect(tidy(expandContractions(short))).toBe(long);
});

test('leaves words alone that only begin or end like a title', () => {
  expect(expandContractions('best strong colé drum')).toBe('best strong colé drum');
});

test('drops fillers, not words that hold them', () => {
  expect(tidy(dropFillers('um the umbrella uh hmm summer mmm'))).toBe('the umbrella summer');
});
