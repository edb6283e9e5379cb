import { readCardinal } from '../numerals/cardinal.ts';
import { readDigit } from '../numerals/digit-row.ts';
import { type NumberMeaning, numberMeanings } from '../numerals/number-words.ts';
import { readComposed } from '../numerals/ordinal.ts';
import type { Rewrite, Step } from '../rewrite.ts';
import { keptAfter, keptBefore, partsOf } from '../word-parts.ts';

/** What stands for digits that must not be told. */
const DIGITS_MARK = '[digits]';
/** Shorter rows tell nobody's card or number. */
const LEAST_DIGITS = 4;
const MILLION = 1e6;
/** What may be said between the digits of one number without ending it. */
const JOINTS = new Set('dash hyphen minus slash dot point space um uh uhm er erm'.split(' '));

/** Digits that follow each other, spoken or written, whatever separates them. */
interface DigitRun {
  readonly from: number;
  readonly to: number;
  readonly digitCount: number;
}

/** Replaces four digits or more in a row, said or written. Their separators, their currency and what joins them go with them. */
export const redactDigits: Step = (words) =>
  findDigitRuns(words)
    .filter(({ digitCount }) => digitCount >= LEAST_DIGITS)
    .map(({ from, to }): Rewrite => {
      const before = keptBefore(partsOf(words[from] ?? ''));
      return { from, to, texts: [before + DIGITS_MARK + keptAfter(partsOf(words[to - 1] ?? ''))] };
    });

/**
 * Where a text must be cut while it may still grow: before the digits at its end, which are too few to be redacted yet.
 *
 * @returns How many words may be shown.
 */
export function shownBeforeDigits(words: readonly string[]): number {
  let end = words.length;
  while (end > 0 && (isJoint(words[end - 1] ?? '') || isSpokenAnd(words, end - 1))) end--;
  const last = findDigitRuns(words).at(-1);
  return last !== undefined && last.to === end ? last.from : words.length;
}

function findDigitRuns(words: readonly string[]): DigitRun[] {
  const runs: DigitRun[] = [];
  for (let from = 0; from < words.length; ) {
    let to = from;
    for (let next = from; next < words.length; next++) {
      const word = words[next] ?? '';
      if (isNumeric(words, next)) to = next + 1;
      else if (to === from || !(isJoint(word) || isSpokenAnd(words, next))) break;
    }
    if (to > from) runs.push({ from, to, digitCount: countDigits(words.slice(from, to)) });
    from = Math.max(to, from + 1);
  }
  return runs;
}

function isNumeric(words: readonly string[], index: number): boolean {
  const word = words[index] ?? '';
  if (/\p{Nd}/u.test(word)) return true;
  const meanings = numberMeanings(partsOf(word).core);
  const first = meanings?.[0];
  // "twenty third" is a number, "third" a word.
  if (first?.type === 'ordinal' && first.value < 10) return isOpenNumber(words[index - 1] ?? '');
  return meanings?.some(({ type }) => type !== 'and' && type !== 'point') ?? false;
}

/** Whether a first to ninth may follow: "twenty", "hundred", "million". */
function isOpenNumber(word: string): boolean {
  const last = numberMeanings(word)?.at(-1)?.type;
  return last === 'tens' || last === 'hundred' || last === 'scale';
}

function isJoint(word: string): boolean {
  const { core } = partsOf(word);
  return !/[\p{L}\p{N}]/u.test(core) || JOINTS.has(core.toLowerCase());
}

/** The "and" of "two hundred and five". */
function isSpokenAnd(words: readonly string[], index: number): boolean {
  const before = numberMeanings(partsOf(words[index - 1] ?? '').core)?.at(-1)?.type;
  return partsOf(words[index] ?? '').core.toLowerCase() === 'and' && (before === 'hundred' || before === 'scale');
}

/** How many digits a row has when all of it is written in digits. */
function countDigits(words: readonly string[]): number {
  let digitCount = 0;
  let spoken: NumberMeaning[] = [];
  for (const word of words) {
    const writtenDigits = word.match(/\p{Nd}/gu)?.length ?? 0;
    const meanings = writtenDigits > 0 ? undefined : numberMeanings(partsOf(word).core);
    spoken.push(...(meanings ?? []));
    // "five hundred, twenty" are two numbers, "five hundred twenty" is one.
    if (meanings !== undefined && partsOf(word).after === '') continue;
    digitCount += countSpoken(spoken) + writtenDigits;
    spoken = [];
  }
  return digitCount + countSpoken(spoken, true);
}

function countSpoken(meanings: readonly NumberMeaning[], isLast = false): number {
  let digitCount = 0;
  for (let position = 0; position < meanings.length; ) {
    const first = meanings[position];
    const cardinal = readCardinal(meanings, position, true);
    const digit = readDigit(meanings, position, false);
    const ordinal = readComposed(meanings, position);
    if (ordinal !== undefined) {
      digitCount += String(ordinal.value).length;
      position = ordinal.end;
    } else if (cardinal !== undefined) {
      const { value, lastScale = 1 } = cardinal;
      // "five million" is written 5 million, unless more digits follow.
      const isRound = isLast && cardinal.end === meanings.length && lastScale >= MILLION && value % lastScale === 0;
      digitCount += String(isRound ? value / lastScale : value).length;
      // A scale behind a number in digits only adds noughts to it; "a thousand" counts nothing.
      if ((first?.type === 'hundred' || first?.type === 'scale') && cardinal.end === position + 1) digitCount -= 1;
      position = cardinal.end;
    } else if (digit !== undefined) {
      digitCount += digit.digits.length;
      position = digit.end;
    } else {
      if (first?.type === 'ordinal') digitCount += String(first.value).length;
      // What it repeats is written in digits: "double 0".
      if (first?.type === 'repeat') digitCount += first.times - 1;
      position += 1;
    }
  }
  return digitCount;
}
