import type { Group } from '../accuracy/material.ts';
import { formatMarkdownTable } from '../support/table.ts';
import { seconds, type Trial } from './bench.ts';
import { cutsOf, differenceText, missedPhrases, ratioText, textOf, wordErrors } from './score.ts';

const HEADS = [
  'clips',
  'sent, s',
  'sentences cut apart',
  'sentences, WER',
  'less the present, points',
  'digit strings',
  'digits',
  'long',
  'orders empty',
  'slots missed',
];

/** What is heard of everything that is said, for each trial, the present one among them. */
export function wordsTable(what: string, trials: readonly Trial[], present: Trial): string {
  return formatMarkdownTable([[what, ...HEADS], ...trials.map((trial) => [trial.variant.name, ...cellsOf(trial, present)])]);
}

function cellsOf(trial: Trial, present: Trial): string[] {
  const clips = trial.cuts.flatMap((cut) => cut.clips);
  const words = (group: Group): string => ratioText(wordErrors(trial, [group]));
  const orders = cutsOf(trial, 'orders');
  return [
    String(clips.length),
    seconds(clips.reduce((sum, { startSample, endSample }) => sum + endSample - startSample, 0)),
    String(cutsOf(trial, 'sentences').filter((cut) => cut.clips.length > 1).length),
    ratioText(wordErrors(trial, ['sentences']), true),
    trial === present ? '' : differenceText(wordErrors(present, ['sentences']), wordErrors(trial, ['sentences'])),
    words('digit-strings'),
    words('digits'),
    words('long'),
    orders.length === 0 ? '-' : `${orders.filter((cut) => textOf(cut) === '').length} of ${orders.length}`,
    ratioText(missedPhrases(trial)),
  ];
}
