import type { Rewrite } from '../rewrite.ts';
import { keptAfter, keptBefore, partsOf } from '../word-parts.ts';
import { NUMBER_WORDS } from './number-words.ts';

/** Three may be a list of anything. */
const LEAST_DIGITS = 4;

/**
 * Joins four or more single digits with commas between them: so recognizers write a number that is read out slowly. Digits that
 * count up or down stay words.
 */
export function joinCommaRows(words: readonly string[]): Rewrite[] {
  const rewrites: Rewrite[] = [];
  for (let from = 0; from < words.length; ) {
    const to = rowEnd(words, from);
    const digits = words.slice(from, to).map(digitOf);
    const hasComma = words.slice(from, to - 1).some((word) => partsOf(word).after === ',');
    if (digits.length >= LEAST_DIGITS && hasComma && !isCounting(digits)) {
      const before = keptBefore(partsOf(words[from] ?? ''));
      rewrites.push({ from, to, texts: [before + digits.join('') + keptAfter(partsOf(words[to - 1] ?? ''))] });
    }
    from = Math.max(to, from + 1);
  }
  return rewrites;
}

/** The first word behind the single digits that begin here. */
function rowEnd(words: readonly string[], from: number): number {
  for (let index = from; index < words.length; index++) {
    const { before, core, after } = partsOf(words[index] ?? '');
    const meaning = NUMBER_WORDS.get(core.toLowerCase());
    const isDigit = meaning?.type === 'digit' && !(meaning.isOh && index === from) && (before === '' || index === from);
    if (!isDigit) {
      // "one, two, three, four hundred": the last one is part of another number.
      const isPartOfMore = meaning?.type === 'hundred' || meaning?.type === 'scale' || meaning?.type === 'point';
      return isPartOfMore && partsOf(words[index - 1] ?? '').after === '' ? Math.max(from, index - 1) : index;
    }
    if (after !== '' && after !== ',') return index + 1;
  }
  return words.length;
}

function digitOf(word: string): number {
  const meaning = NUMBER_WORDS.get(partsOf(word).core.toLowerCase());
  return meaning?.type === 'digit' ? meaning.value : 0;
}

function isCounting(digits: readonly number[]): boolean {
  const step = (digits[1] ?? 0) - (digits[0] ?? 0);
  return Math.abs(step) === 1 && digits.every((digit, index) => index === 0 || digit - (digits[index - 1] ?? 0) === step);
}
