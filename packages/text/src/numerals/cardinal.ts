import type { NumberMeaning } from './number-words.ts';

/** A number that was read from a row of meanings. */
export interface Cardinal {
  readonly value: number;
  /** The first meaning behind it. */
  readonly end: number;
  /** The scale that it ends in, where it ends in one: a million for "two million". */
  readonly lastScale: number | undefined;
}

type Meanings = readonly NumberMeaning[];

/**
 * Reads as long a number as English makes of the words from `start` on: "two hundred and five", "forty three thousand".
 *
 * @param hasImpliedOne - Whether a first "hundred" or "thousand" stands for one of them, as in "a hundred".
 */
export function readCardinal(meanings: Meanings, start: number, hasImpliedOne = false): Cardinal | undefined {
  let total = 0;
  let end = start;
  let lastScale: number | undefined;
  let bound = Number.POSITIVE_INFINITY;
  let position = start;
  for (;;) {
    const group = readGroup(meanings, position, hasImpliedOne && position === start);
    if (group === undefined || group.value >= bound) break;
    const scale = meanings[group.end];
    if (scale?.type === 'scale' && scale.value < bound && group.value > 0) {
      total += group.value * scale.value;
      lastScale = scale.value;
      bound = scale.value;
      end = group.end + 1;
      position = meanings[end]?.type === 'and' ? end + 1 : end;
      continue;
    }
    // Nothing is added to a nought, and a nought to nothing.
    if (group.value === 0 && end > start) break;
    total += group.value;
    end = group.end;
    lastScale = undefined;
    break;
  }
  return end === start ? undefined : { value: total, end, lastScale };
}

/** A number below 10 000 without a scale: "nineteen hundred and five". */
function readGroup(
  meanings: Meanings,
  start: number,
  hasImpliedOne: boolean,
): { readonly value: number; readonly end: number } | undefined {
  const first = meanings[start];
  if (hasImpliedOne && first?.type === 'scale') return { value: 1, end: start };
  const small = hasImpliedOne && first?.type === 'hundred' ? { value: 1, end: start } : readBelowHundred(meanings, start);
  if (small === undefined || small.value === 0 || meanings[small.end]?.type !== 'hundred') return small;
  const end = small.end + 1;
  const rest = readBelowHundred(meanings, meanings[end]?.type === 'and' ? end + 1 : end);
  if (rest === undefined || rest.value === 0) return { value: small.value * 100, end };
  return { value: small.value * 100 + rest.value, end: rest.end };
}

/** "five", "fifteen", "twenty five"; a spoken nought is one of its own. */
export function readBelowHundred(meanings: Meanings, start: number): { readonly value: number; readonly end: number } | undefined {
  const first = meanings[start];
  switch (first?.type) {
    case 'digit':
      return first.isOh ? undefined : { value: first.value, end: start + 1 };
    case 'small':
      return { value: first.value, end: start + 1 };
    case 'tens': {
      const unit = meanings[start + 1];
      if (unit?.type === 'digit' && unit.value > 0) return { value: first.value + unit.value, end: start + 2 };
      return { value: first.value, end: start + 1 };
    }
    default:
      return undefined;
  }
}
