import {
  bootstrapDifference,
  bootstrapErrorRatio,
  countMissedPhrases,
  countWordErrors,
  type ErrorCounts,
  editCount,
  errorRatio,
  type Interval,
  NO_ERRORS,
  type PairedDifference,
  sumErrors,
  WHISPER_ENGLISH,
} from '@outspoken/evaluation';
import type { Heard } from './hearing.ts';
import { type Group, type Item, NOISE_FILES } from './material.ts';

/** One row of the table: whatever it counts, it counts as errors of a number of things that were said. */
export interface Row {
  readonly name: string;
  readonly group: Group;
  readonly holds: (item: Item) => boolean;
  readonly errorsOf: (heard: Heard) => ErrorCounts;
  /** What is counted. */
  readonly unit: string;
  /** `errors` and `right` are shares in percent, `count` is how many of how many. */
  readonly shows: 'errors' | 'right' | 'count';
  /** Only for what was cut. */
  readonly isOnlyCut?: boolean;
  /** What our own recognizer, at whatever effort and on our own cuts, is to reach: at most so much of what is shown, or at least for `right`; a number for `count`. */
  readonly goal?: number;
}

/** A figure of one system in one row. */
export interface Figure {
  /** Share of errors. */
  readonly ratio: number;
  /** Over speakers; undefined with fewer than two. */
  readonly interval: Interval | undefined;
  /** Errors of one shift, on average. */
  readonly errors: number;
  /** Things said in one shift. */
  readonly total: number;
  readonly heardCount: number;
  /** What the system refused to hear is in no figure. */
  readonly refusedCount: number;
}

const wordErrors = ({ said, text }: Heard): ErrorCounts => countWordErrors(said.item.text ?? '', text, WHISPER_ENGLISH);
const missedPhrases = ({ said, text }: Heard): ErrorCounts => countMissedPhrases(said.item.phrases, text, WHISPER_ENGLISH);
const isEmpty = ({ text }: Heard): ErrorCounts => ({ ...NO_ERRORS, deletions: text === '' ? 1 : 0, referenceCount: 1 });
const hasText = ({ text }: Heard): ErrorCounts => ({ ...NO_ERRORS, insertions: text === '' ? 0 : 1, referenceCount: 1 });
const clipsWithText = ({ clips = [] }: Heard): ErrorCounts => {
  return { ...NO_ERRORS, insertions: clips.filter(({ text }) => text.trim() !== '').length, referenceCount: clips.length };
};

function wordRow(name: string, group: Group, slice?: string, goal?: number): Row {
  const holds = (item: Item): boolean => item.group === group && (slice === undefined || item.slice === slice);
  return { name, group, holds, errorsOf: wordErrors, unit: 'words', shows: 'errors', ...(goal === undefined ? {} : { goal }) };
}

function noiseRow(name: string, slice?: string, goal?: number): Row {
  const holds = (item: Item): boolean =>
    item.group === 'noise' && (slice === undefined ? item.slice !== NOISE_FILES : item.slice === slice);
  const row = { name, group: 'noise', holds, errorsOf: hasText, unit: 'excerpts', shows: 'errors' } as const;
  return goal === undefined ? row : { ...row, goal };
}

const orders = { group: 'orders', holds: (item: Item) => item.group === 'orders' } as const;

/** The table; the goals were set for this data, when plain greedy decoding of whole files came to 8.7 % of the sentences. */
export const ROWS: readonly Row[] = [
  wordRow('sentences, WER', 'sentences', undefined, 0.087),
  { ...wordRow('- by the goal of `best`', 'sentences', undefined, 0.073), isOnlyCut: true },
  wordRow('- libri_other', 'sentences', 'libri_other'),
  wordRow('- libri_clean', 'sentences', 'libri_clean'),
  wordRow('- ljspeech', 'sentences', 'ljspeech'),
  { name: 'spoken orders that come back empty', ...orders, errorsOf: isEmpty, unit: 'orders', shows: 'count', goal: 1 },
  { name: '- their slots heard', ...orders, errorsOf: missedPhrases, unit: 'slots', shows: 'right', goal: 0.85 },
  wordRow('digit strings, WER', 'digit-strings', undefined, 0.06),
  { ...wordRow('- strings that come back empty', 'digit-strings'), errorsOf: isEmpty, unit: 'strings', shows: 'count' },
  wordRow('single digits, WER', 'digits', undefined, 0.27),
  { ...wordRow('- digits that come back empty', 'digits'), errorsOf: isEmpty, unit: 'digits', shows: 'count' },
  wordRow('long recordings, WER', 'long', undefined, 0.1),
  noiseRow('excerpts without speech that have a text', undefined, 0.01),
  noiseRow('- noise', 'noise'),
  noiseRow('- silence', 'silence'),
  noiseRow('- music', 'music'),
  noiseRow('- babble', 'babble'),
  {
    ...noiseRow('clips cut from those recordings that have a text', NOISE_FILES),
    errorsOf: clipsWithText,
    unit: 'clips',
    shows: 'count',
    isOnlyCut: true,
  },
];

/** The figure of one system and way in a row; undefined where it heard nothing of it. */
export function figureOf(row: Row, heard: readonly Heard[], shiftCount: number): Figure | undefined {
  const ofRow = heard.filter(({ said }) => row.holds(said.item));
  const counted = ofRow.filter(({ clips }) => clips !== undefined);
  if (counted.length === 0) return undefined;
  const errors = counted.map((one) => ({ speaker: one.said.item.speaker ?? one.said.item.id, errors: row.errorsOf(one) }));
  const sum = sumErrors(errors.map((one) => one.errors));
  return {
    ratio: errorRatio(sum),
    interval: bootstrapErrorRatio(errors),
    errors: editCount(sum) / shiftCount,
    total: sum.referenceCount / shiftCount,
    heardCount: counted.length / shiftCount,
    refusedCount: (ofRow.length - counted.length) / shiftCount,
  };
}

/** The second less the first, over what both heard; undefined when that is nothing. */
export function differenceOf(row: Row, first: readonly Heard[], second: readonly Heard[]): PairedDifference | undefined {
  const seconds = new Map(second.map((one) => [one.said, one]));
  const pairs = first.flatMap((one) => {
    const other = seconds.get(one.said);
    if (!row.holds(one.said.item) || !one.clips || !other?.clips) return [];
    return [{ speaker: one.said.item.speaker ?? one.said.item.id, first: row.errorsOf(one), second: row.errorsOf(other) }];
  });
  return pairs.length === 0 ? undefined : bootstrapDifference(pairs);
}

/** Whether a figure reaches the goal of its row. */
export function isReached({ shows, goal = Number.NaN }: Row, { ratio, errors }: Figure): boolean {
  switch (shows) {
    case 'errors':
      return ratio <= goal;
    case 'right':
      return 1 - ratio >= goal;
    case 'count':
      return errors <= goal;
    default:
      return shows satisfies never;
  }
}
