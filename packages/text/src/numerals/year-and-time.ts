import { readBelowHundred } from './cardinal.ts';
import type { NumberPlace, NumberReading } from './number-place.ts';
import type { NumberMeaning } from './number-words.ts';

/** Behind these a pair of numbers is a time of day. */
const TIME_BEFORE = new Set('at around by till until'.split(' '));
/** Before these it is one as well. */
const TIME_BEHIND = new Set("am pm a.m p.m o'clock o’clock".split(' '));
const HOURS = 12;
const MINUTES = 60;

interface Part {
  readonly value: number;
  readonly end: number;
}

/**
 * Reads "nineteen eighty four", "twenty ten", "nineteen oh five": centuries from 1300 on, nothing that could be two numbers. What might
 * be both, "fifteen twenty", stays in words.
 */
export function readYear({ run, position }: NumberPlace): NumberReading | undefined {
  const { meanings } = run;
  const century = meanings[position];
  const isCentury = (century?.type === 'small' && century.value > HOURS) || (century?.type === 'tens' && century.value === 20);
  if (!isCentury) return undefined;
  const rest = readTwoDigits(meanings, position + 1);
  if (rest === undefined || isPartOfMore(meanings, rest.end)) return undefined;
  const isTeen = rest.value >= 10 && rest.value < 20;
  const isDoubtful = century.value < 16 ? isTeen || rest.value % 10 === 0 : isTeen && century.value < 19;
  if (isDoubtful) return { end: rest.end };
  return { end: rest.end, text: `${century.value}${String(rest.value).padStart(2, '0')}` };
}

/**
 * Reads "three thirty", which may be a time, a room, or two numbers: 3:30 behind "at" or before "pm", 330 behind "room", otherwise it
 * stays in words.
 */
export function readPair({ run, position, previous, behind }: NumberPlace, labels: ReadonlySet<string>): NumberReading | undefined {
  const { meanings } = run;
  const first = meanings[position];
  const isHour = (first?.type === 'digit' && first.value > 0) || (first?.type === 'small' && first.value <= HOURS);
  if (!isHour) return undefined;
  const rest = readTwoDigits(meanings, position + 1);
  // What goes on behind it is a row of digits: "five oh five one two".
  if (rest === undefined || isPartOfMore(meanings, rest.end) || meanings[rest.end]?.type === 'digit') return undefined;
  const minutes = String(rest.value).padStart(2, '0');
  const isTime = TIME_BEFORE.has(previous?.toLowerCase() ?? '') || TIME_BEHIND.has(behind(rest.end)[0]?.toLowerCase() ?? '');
  if (isTime && rest.value < MINUTES) return { end: rest.end, text: `${first.value}:${minutes}` };
  if (labels.has(previous?.toLowerCase() ?? '')) return { end: rest.end, text: `${first.value}${minutes}` };
  return rest.value < 10 ? undefined : { end: rest.end };
}

/** "eighty four", "ten", "oh five". */
function readTwoDigits(meanings: readonly NumberMeaning[], start: number): Part | undefined {
  const first = meanings[start];
  if (first?.type === 'digit') {
    const unit = meanings[start + 1];
    return first.isOh && unit?.type === 'digit' && unit.value > 0 ? { value: unit.value, end: start + 2 } : undefined;
  }
  return readBelowHundred(meanings, start);
}

function isPartOfMore(meanings: readonly NumberMeaning[], end: number): boolean {
  const type = meanings[end]?.type;
  return type === 'hundred' || type === 'scale' || type === 'ordinal' || type === 'point';
}
