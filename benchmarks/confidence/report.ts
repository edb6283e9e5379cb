import type { Effort } from '@outspoken/asr';
import { calibrationBins } from '@outspoken/evaluation';
import { formatMarkdownTable } from '../support/table.ts';
import { calibrateHeldOut, FEATURES, type Feature, PRODUCT_FEATURE, type RatedWord, rate, type Worth, worthOf } from './fit.ts';
import type { HeardWord } from './hearing.ts';
import { FORMS } from './trial.ts';

/** One line of the table: what some words are worth before calibration and after, the speaker unseen. */
interface Line {
  readonly name: string;
  readonly before: Worth;
  readonly after: Worth;
}

/** What was found of one effort. */
export interface EffortWorth {
  readonly effort: Effort;
  readonly lines: readonly Line[];
  /** All words by confidence, the speaker unseen. */
  readonly heldOut: readonly RatedWord[];
}

/** The categories that count as sentences, as in the accuracy table. */
const SENTENCES = new Set(['libri_other', 'libri_clean', 'ljspeech']);
/** Fewer words have no figure worth printing. */
const MINIMUM_WORDS = 100;

/** Judges the words of one effort: each feature, and the product's by form and by kind of recording. */
export function judgeEffort(words: readonly HeardWord[], effort: Effort): EffortWorth {
  const own = words.filter((word) => word.effort === effort);
  const before = rate(own);
  const after = calibrateHeldOut(before);
  const line = (name: string, holds: (word: HeardWord) => boolean): Line[] => {
    const chosen = before.filter(holds);
    return chosen.length < MINIMUM_WORDS ? [] : [{ name, before: worthOf(chosen), after: worthOf(after.filter(holds)) }];
  };
  const others = (Object.keys(FEATURES) as Feature[]).filter((feature) => feature !== PRODUCT_FEATURE);
  return {
    effort,
    heldOut: after,
    lines: [
      ...line('sentences as they are', ({ category, form }) => SENTENCES.has(category) && form === 'as it is'),
      ...line('all', () => true),
      ...FORMS.flatMap((form) => line(`- ${form}`, (word) => word.form === form)),
      ...[...new Set(own.map(({ category }) => category))].flatMap((kind) => line(`- ${kind}`, ({ category }) => category === kind)),
      ...others.map((feature) => {
        const rated = rate(own, feature);
        return { name: `all, by the ${feature}`, before: worthOf(rated), after: worthOf(calibrateHeldOut(rated)) };
      }),
    ],
  };
}

/** What was found of one effort, as tables. */
export function reportEffort({ effort, lines, heldOut }: EffortWorth): string {
  const arrow = (of: (worth: Worth) => number, { before, after }: Line): string => `${of(before).toFixed(3)} → ${of(after).toFixed(3)}`;
  const heads = ['words', 'count', 'right', 'mean confidence', 'ECE, 10 bins', 'ECE, 15 bins', 'Brier score', 'area under ROC'];
  const cells = lines.map((line) => [
    line.name,
    String(line.after.words),
    `${(100 * line.after.rightRatio).toFixed(1)} %`,
    arrow(({ meanConfidence }) => meanConfidence, line),
    arrow(({ expectedError }) => expectedError, line),
    arrow(({ expectedErrorOf15 }) => expectedErrorOf15, line),
    arrow(({ brier }) => brier, line),
    arrow(({ areaUnderRoc }) => areaUnderRoc, line),
  ]);
  const bins = calibrationBins(heldOut).map(({ count, meanConfidence, rightRatio }) => [
    String(count),
    meanConfidence.toFixed(3),
    rightRatio.toFixed(3),
  ]);
  return [
    `${effort}: what the model says → calibrated, one speaker left out at a time`,
    formatMarkdownTable([heads, ...cells]),
    '',
    formatMarkdownTable([['words', 'mean confidence', 'right'], ...bins]),
  ].join('\n');
}
