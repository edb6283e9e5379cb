import { expect, test } from 'vitest';
import { align } from '../../src/errors/alignment.ts';

const LETTERS = { equal: '=', substitution: 'S', deletion: 'D', insertion: 'I' } as const;

function lettersOf(reference: string, hypothesis: string): string {
  const words = (text: string): string[] => text.split(' ').filter(Boolean);
  return align(words(reference), words(hypothesis))
    .map(({ type }) => LETTERS[type])
    .join('');
}

test('says what became of each word, and where it stands', () => {
  expect(align(['turn', 'the', 'light', 'on'], ['turn', 'a', 'light', 'on', 'now'])).toEqual([
    { type: 'equal', reference: 'turn', referenceIndex: 0, hypothesis: 'turn', hypothesisIndex: 0 },
    { type: 'substitution', reference: 'the', referenceIndex: 1, hypothesis: 'a', hypothesisIndex: 1 },
    { type: 'equal', reference: 'light', referenceIndex: 2, hypothesis: 'light', hypothesisIndex: 2 },
    { type: 'equal', reference: 'on', referenceIndex: 3, hypothesis: 'on', hypothesisIndex: 3 },
    { type: 'insertion', hypothesis: 'now', hypothesisIndex: 4 },
  ]);
  expect(align(['stop'], [])).toEqual([{ type: 'deletion', reference: 'stop', referenceIndex: 0 }]);
});

test.each([
  ['', '', ''],
  ['we go home', 'we go home now', '===I'],
  ['we go home now', 'we go home', '===D'],
  ['she was at the end of it', 'she is at some end', '=S=S=DD'],
  ['one', '1', 'S'],
  // As many equal words as can be, at the same number of edits.
  ['b a c d', 'a b d', 'D=S='],
  // Of two equal words the later one is taken, since a way is read from its end.
  ['stop stop', 'stop', '=D'],
  ['go', 'go go', '=I'],
])('aligns "%s" to "%s" as %s', (reference, hypothesis, letters) => {
  expect(lettersOf(reference, hypothesis)).toBe(letters);
});
