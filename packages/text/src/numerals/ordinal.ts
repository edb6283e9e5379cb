import { readCardinal } from './cardinal.ts';
import { formatInteger, type NumberPlace, type NumberReading } from './number-place.ts';
import type { NumberMeaning } from './number-words.ts';

const MONTHS = new Set('January February March April May June July August September October November December'.split(' '));
const LEAST_ORDINAL = 10;

/**
 * Reads "twenty third", "tenth", "two hundredth". First to ninth alone stay words unless they are a day of a month: "a second" is no
 * number, and "a third" or "one tenth" are parts of something. So "twenty second" is 22nd only behind "the" or beside a month.
 */
export function readOrdinal({ run, position, previous, behind }: NumberPlace): NumberReading | undefined {
  const { meanings } = run;
  const alone = meanings[position];
  const isAlone = alone?.type === 'ordinal';
  const number = isAlone ? { value: alone.value, end: position + 1 } : readComposed(meanings, position);
  if (number === undefined) return undefined;
  const isDay = MONTHS.has(previous ?? '') || isOfMonth(behind(number.end));
  const before = meanings[position - 1]?.type;
  const isPart = /^(an?|one)$/i.test(previous ?? '') || (position > 0 && (before === 'digit' || before === 'small'));
  const isSecond = meanings[number.end - 1]?.type === 'ordinal' && number.value % 10 === 2 && lastValue(meanings, number.end) === 2;
  if (isAlone && (isPart || (number.value < LEAST_ORDINAL && !isDay))) return { end: number.end };
  if (!isAlone && isSecond && !isDay && previous?.toLowerCase() !== 'the') return undefined;
  return { end: number.end, text: formatOrdinal(number.value) };
}

/** 3rd, 11th, 22nd. */
export function formatOrdinal(value: number): string {
  const isTeen = value % 100 >= 11 && value % 100 <= 13;
  const ending = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return formatInteger(value) + ending;
}

/** A number whose last word is an ordinal that fits into the place that is free for it. */
export function readComposed(meanings: readonly NumberMeaning[], position: number): { value: number; end: number } | undefined {
  const start = readCardinal(meanings, position);
  if (start === undefined || start.value === 0) return undefined;
  const { value, end } = start;
  const direct = meanings[end];
  const next = direct?.type === 'and' && value % 100 === 0 ? meanings[end + 1] : direct;
  if (next?.type !== 'ordinal') return undefined;
  const isAndBetween = next !== direct;
  const fits = next.value < 10 ? value % 10 === 0 && (value % 100 >= 20 || value % 100 === 0) : next.value < 100 && value % 100 === 0;
  if (fits) return { value: value + next.value, end: end + (isAndBetween ? 2 : 1) };
  // "one hundredth" is a part of something.
  if (next.value < 100 || value === 1 || isAndBetween) return undefined;
  return { value: value * next.value, end: end + 1 };
}

function lastValue(meanings: readonly NumberMeaning[], end: number): number {
  const last = meanings[end - 1];
  return last?.type === 'ordinal' ? last.value : 0;
}

function isOfMonth([first = '', second = '']: readonly string[]): boolean {
  return first.toLowerCase() === 'of' && MONTHS.has(second);
}
