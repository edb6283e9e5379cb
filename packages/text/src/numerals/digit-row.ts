import { readBelowHundred } from './cardinal.ts';
import type { NumberMeaning } from './number-words.ts';

/** Digits that were said one by one. */
export interface DigitRow {
  readonly digits: string;
  /** The first meaning behind them. */
  readonly end: number;
}

/** Fewer digits than this said one by one are words: "one two" may be anything. */
const LEAST_DIGITS = 3;

/**
 * Reads three or more digits that are said one by one ("four three one", "double five oh two"), and the pairs that follow them, as
 * telephone numbers have them: "five five five, twelve thirty four".
 */
export function readDigitRow(meanings: readonly NumberMeaning[], start: number): DigitRow | undefined {
  let digits = '';
  let end = start;
  for (;;) {
    const next = readDigit(meanings, end, digits === '') ?? (digits.length >= LEAST_DIGITS ? readPair(meanings, end) : undefined);
    if (next === undefined) break;
    digits += next.digits;
    end = next.end;
  }
  const behind = meanings[end]?.type;
  // "three four five hundred" are three guesses at one number.
  if (digits.length < LEAST_DIGITS || behind === 'hundred' || behind === 'scale') return undefined;
  return { digits, end };
}

/** One digit, or one that is said to come twice or three times. */
export function readDigit(meanings: readonly NumberMeaning[], start: number, isFirst: boolean): DigitRow | undefined {
  const first = meanings[start];
  if (first?.type === 'repeat') {
    const next = meanings[start + 1];
    return next?.type === 'digit' ? { digits: String(next.value).repeat(first.times), end: start + 2 } : undefined;
  }
  return first?.type === 'digit' && !(first.isOh && isFirst) ? { digits: String(first.value), end: start + 1 } : undefined;
}

function readPair(meanings: readonly NumberMeaning[], start: number): DigitRow | undefined {
  const pair = readBelowHundred(meanings, start);
  return pair === undefined ? undefined : { digits: String(pair.value), end: pair.end };
}
