import { readBelowHundred, readCardinal } from './cardinal.ts';
import { readDigit } from './digit-row.ts';
import { formatInteger, type NumberPlace, type NumberReading } from './number-place.ts';

/** Reads "three point one four" and "three point twenty five". A scale behind it stays a word: 1.5 million. */
export function readDecimal({ run, position }: NumberPlace): NumberReading | undefined {
  const { meanings } = run;
  const whole = readCardinal(meanings, position);
  if (whole === undefined || meanings[whole.end]?.type !== 'point') return undefined;
  let end = whole.end + 1;
  let fraction = '';
  for (let digit = readDigit(meanings, end, false); digit !== undefined; digit = readDigit(meanings, end, false)) {
    fraction += digit.digits;
    end = digit.end;
  }
  if (fraction === '') {
    const pair = readBelowHundred(meanings, end);
    if (pair === undefined) return undefined;
    fraction = String(pair.value);
    end = pair.end;
  }
  return { end, text: `${formatInteger(whole.value)}.${fraction}` };
}
