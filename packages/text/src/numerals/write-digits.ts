import type { Rewrite, Step } from '../rewrite.ts';
import { keptAfter, keptBefore, partsOf } from '../word-parts.ts';
import { readCardinal } from './cardinal.ts';
import { joinCommaRows } from './comma-row.ts';
import { readDecimal } from './decimal.ts';
import { readDigitRow } from './digit-row.ts';
import { formatInteger, type NumberPlace, type NumberReading } from './number-place.ts';
import { findNumberRuns, isWordStart, type NumberRun, wordBefore, wordsBehind } from './number-run.ts';
import type { NumberMeaning } from './number-words.ts';
import { readOrdinal } from './ordinal.ts';
import { readPair, readYear } from './year-and-time.ts';

/** Words after which one to nine are digits. */
const LABELS = new Set('number page chapter room section version channel gate flight figure'.split(' '));
/** Words before which they are. */
const MEASURES = new Set("percent per dollar dollars cent cents pounds euros degrees am pm a.m p.m o'clock o’clock".split(' '));
/** "nineteen eighties": half of it in digits would be nothing. */
const DECADES = new Set('twenties thirties forties fifties sixties seventies eighties nineties hundreds thousands'.split(' '));
const LEAST_NUMBER = 10;
const MILLION = 1e6;

/** Writes numbers that are spoken in words in digits: "twenty five" as 25. What may be no number stays, see the README. */
export const writeDigits: Step = (words) => {
  const rows = joinCommaRows(words);
  const others = findNumberRuns(words)
    .flatMap((run) => rewriteRun(words, run))
    .filter(({ from, to }) => !rows.some((row) => from < row.to && row.from < to));
  return [...rows, ...others].sort((one, other) => one.from - other.from);
};

function rewriteRun(words: readonly string[], run: NumberRun): Rewrite[] {
  const rewrites: Rewrite[] = [];
  for (let position = 0; position < run.meanings.length; ) {
    const previous = wordBefore(words, run, position);
    const reading = isWordStart(run, position)
      ? readNumber({ run, position, previous, behind: (end) => wordsBehind(words, run, end) })
      : undefined;
    if (reading?.text !== undefined) {
      const rewrite = rewriteOf(words, run, position, reading, reading.text);
      if (rewrite !== undefined) rewrites.push(rewrite);
    }
    position = reading?.end ?? position + 1;
  }
  return rewrites;
}

function rewriteOf(
  words: readonly string[],
  run: NumberRun,
  position: number,
  { end, writtenEnd = end, takesArticle }: NumberReading,
  text: string,
): Rewrite | undefined {
  if (!isWordStart(run, writtenEnd)) return undefined;
  const from = (run.wordIndexes[position] ?? 0) - (takesArticle ? 1 : 0);
  const last = run.wordIndexes[writtenEnd - 1] ?? 0;
  const before = keptBefore(partsOf(words[from] ?? ''));
  return { from, to: last + 1, texts: [before + text + keptAfter(partsOf(words[last] ?? ''))] };
}

function readNumber(place: NumberPlace): NumberReading | undefined {
  const { run, position } = place;
  const row = readDigitRow(run.meanings, position);
  return (
    readPair(place, LABELS) ??
    (row && { end: row.end, text: row.digits }) ??
    readDecimal(place) ??
    readOrdinal(place) ??
    readYear(place) ??
    readAmount(place)
  );
}

function readAmount({ run, position, previous, behind }: NumberPlace): NumberReading | undefined {
  const { meanings } = run;
  const hasArticle = /^an?$/i.test(previous ?? '') && position === 0;
  const cardinal = readCardinal(meanings, position, hasArticle);
  if (cardinal === undefined) return undefined;
  const { value, end, lastScale } = cardinal;
  const next = behind(end)[0]?.toLowerCase() ?? '';
  const first = meanings[position]?.type;
  const takesArticle = first === 'hundred' || first === 'scale';
  // "a hundred times", "a million": nobody has counted.
  if (DECADES.has(next) || (takesArticle && end === position + 1)) return { end };
  if (value < LEAST_NUMBER && !MEASURES.has(next) && !LABELS.has(previous?.toLowerCase() ?? '')) {
    // "three four hundred" is a guess at one number.
    const other = readCardinal(meanings, end);
    return { end: end === position + 1 && other !== undefined && isGuess(meanings, end) ? other.end : end };
  }
  if (lastScale !== undefined && lastScale >= MILLION && value % lastScale === 0 && value / lastScale < 1000 && !takesArticle) {
    return { end, writtenEnd: end - 1, text: String(value / lastScale) };
  }
  return { end, text: formatInteger(value), takesArticle };
}

/** Whether a single digit with a hundred or a scale behind it comes next. */
function isGuess(meanings: readonly NumberMeaning[], position: number): boolean {
  const behind = meanings[position + 1]?.type;
  return meanings[position]?.type === 'digit' && (behind === 'hundred' || behind === 'scale');
}
