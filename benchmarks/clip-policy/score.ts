import {
  bootstrapDifference,
  bootstrapErrorRatio,
  countMissedPhrases,
  countWordErrors,
  type ErrorCounts,
  editCount,
  errorRatio,
  NO_ERRORS,
  sumErrors,
  WHISPER_ENGLISH,
} from '@outspoken/evaluation';
import type { Group } from '../accuracy/material.ts';
import { joinedText } from '../support/joined-text.ts';
import type { Cut, Trial } from './bench.ts';

/** Who spoke, and what went wrong. */
interface Scored {
  readonly speaker: string;
  readonly errors: ErrorCounts;
}

/** The text of a cut: those of its clips, joined. */
export function textOf({ clips }: Cut): string {
  return joinedText(clips.map(({ transcript, continues }) => ({ text: transcript.text, continues })));
}

/** The cuts of a kind of recordings. */
export function cutsOf({ cuts }: Trial, group: Group): Cut[] {
  return cuts.filter(({ source }) => source.item.group === group);
}

/** Words that are wrong in the recordings of the groups. */
export function wordErrors(trial: Trial, groups: readonly Group[]): Scored[] {
  return groups
    .flatMap((group) => cutsOf(trial, group))
    .map((cut) => score(cut, countWordErrors(cut.source.item.text ?? '', textOf(cut), WHISPER_ENGLISH)));
}

/** Phrases of orders that were said for certain and not heard. */
export function missedPhrases(trial: Trial): Scored[] {
  return cutsOf(trial, 'orders').map((cut) => score(cut, countMissedPhrases(cut.source.item.phrases, textOf(cut), WHISPER_ENGLISH)));
}

function score({ source }: Cut, errors: ErrorCounts): Scored {
  return { speaker: source.item.speaker ?? source.item.id, errors };
}

/** A share of errors, with its interval over speakers. */
export function ratioText(scored: readonly Scored[], withInterval = false): string {
  const sum = sumErrors(scored.map(({ errors }) => errors));
  if (sum.referenceCount === 0) return '-';
  const interval = withInterval ? bootstrapErrorRatio(scored) : undefined;
  const ends = interval ? ` (${(100 * interval.low).toFixed(1)} to ${(100 * interval.high).toFixed(1)})` : '';
  return `${(100 * errorRatio(sum)).toFixed(2)} %${ends}`;
}

/** The second less the first in points, with the interval over speakers; both of the same recordings in the same order. */
export function differenceText(first: readonly Scored[], second: readonly Scored[]): string {
  const pairs = first.map(({ speaker, errors }, index) => ({ speaker, first: errors, second: second[index]?.errors ?? NO_ERRORS }));
  if (pairs.length === 0) return '-';
  const { difference, interval } = bootstrapDifference(pairs);
  const ends = interval ? ` (${signed(interval.low, 1)} to ${signed(interval.high, 1)})` : '';
  return `${signed(difference, 2)}${ends}`;
}

function signed(ratio: number, digits: number): string {
  const points = (100 * ratio).toFixed(digits);
  return Number(points) === 0 ? points.replace('-', '') : points.startsWith('-') ? `−${points.slice(1)}` : `+${points}`;
}

/** Which variant the other speakers choose for each speaker, by all words, and how it does on the one left out. */
export function choiceText(what: string, trials: readonly Trial[], groups: readonly Group[]): string {
  const rows = trials.map((trial) => ({ name: trial.variant.name, scored: wordErrors(trial, groups) }));
  const speakers = [...new Set(rows[0]?.scored.map(({ speaker }) => speaker))];
  const chosen = new Map<string, number>();
  const heldOut: ErrorCounts[] = [];
  for (const left of speakers) {
    const editsElsewhere = ({ scored }: (typeof rows)[number]): number =>
      editCount(sumErrors(scored.filter(({ speaker }) => speaker !== left).map(({ errors }) => errors)));
    const best = rows.reduce((least, row) => (editsElsewhere(row) < editsElsewhere(least) ? row : least));
    chosen.set(best.name, (chosen.get(best.name) ?? 0) + 1);
    heldOut.push(...best.scored.filter(({ speaker }) => speaker === left).map(({ errors }) => errors));
  }
  const sum = sumErrors(heldOut);
  const names = [...chosen].map(([name, count]) => `${name} (${count} of ${speakers.length})`).join('; ');
  return (
    `leave-one-speaker-out over ${what}, by the words of ${groups.join(', ')}: chosen ${names}; ` +
    `held out ${(100 * errorRatio(sum)).toFixed(2)} % (${editCount(sum)} errors of ${sum.referenceCount} words)`
  );
}
