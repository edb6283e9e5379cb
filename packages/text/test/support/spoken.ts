import fc from 'fast-check';
import type { TimedWord } from '../../src/index.ts';
import { applyRewrites, type Step } from '../../src/rewrite.ts';

export const SEED = 20_261_127;

/** Words of a sentence, each 100 ms long and less sure than the one before. */
export function timed(text: string): TimedWord[] {
  return text
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map((word, index) => ({ text: word, confidence: 0.9 - (index % 8) / 10, startMs: index * 100, endMs: index * 100 + 90 }));
}

/** The sentence after one step. */
export function through(step: Step, text: string): string {
  const words = timed(text);
  return applyRewrites(words, step(words.map((word) => word.text)))
    .map((word) => word.text)
    .join(' ');
}

const PLAIN = 'the and a of I see at is my to second first March May um dash dot com example john room'.split(' ');
const NUMBERS =
  'zero oh one two three four five nine ten eleven fifteen nineteen twenty thirty forty-two eighty hundred thousand million point double third twentieth twenty-first'.split(
    ' ',
  );
const WRITTEN = '4 43 431 1984 0042 1,234 $25.50 3rd 10:30 555-1234 (020) 25% 1980s B2B 4111'.split(' ');
const OTHER = ['shit', 'john@example.com', 'example.com', '–', 'Scunthorpe'];

/** Sentences in which everything that a step looks for comes next to everything else, with punctuation. */
export const sentence = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...NUMBERS) },
        { weight: 2, arbitrary: fc.constantFrom(...WRITTEN) },
        { weight: 2, arbitrary: fc.constantFrom(...PLAIN) },
        { weight: 1, arbitrary: fc.constantFrom(...OTHER) },
      ),
      fc.constantFrom('', '', '', '', ',', '.', '?', '…'),
    ),
    { maxLength: 14 },
  )
  .map((words) => words.map(([word, end]) => word + end).join(' '));
