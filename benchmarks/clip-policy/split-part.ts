import { formatMarkdownTable } from '../support/table.ts';
import type { Trial } from './bench.ts';
import { joinSentences, MONOLOGUE, sentencesOf } from './monologue.ts';
import type { Part } from './part.ts';
import { choiceText, cutsOf, differenceText, ratioText, wordErrors } from './score.ts';
import { listenTo } from './source.ts';
import { faultsAtSplits } from './split-faults.ts';
import { PRESENT, type Variant, withPolicy } from './variant.ts';

const VARIANTS: readonly Variant[] = [
  PRESENT,
  ...[10_000, 12_000, 20_000].map((maximumMs) => withPolicy(`maximum ${maximumMs}`, { maximumMs })),
  ...[2_000, 3_000, 6_000].map((splitSearchMs) => withPolicy(`search ${splitSearchMs}`, { splitSearchMs })),
  ...[0, 100, 400].map((splitOverlapMs) => withPolicy(`overlap ${splitOverlapMs}`, { splitOverlapMs })),
  withPolicy('search 2000, maximum 20000', { splitSearchMs: 2_000, maximumMs: 20_000 }),
  withPolicy('search 2000, overlap 0', { splitSearchMs: 2_000, splitOverlapMs: 0 }),
  withPolicy('maximum 20000, overlap 0', { maximumMs: 20_000, splitOverlapMs: 0 }),
];
const HEADS = ['split', 'clips', 'splits', 'monologues, WER', 'less the present, points', 'twice', 'added', 'lost', 'wrong', 'long, WER'];

/** Where speech without a pause is split, and how its parts are joined. */
export const SPLIT_PART: Part = {
  name: 'split',
  title: 'maximumMs, splitSearchMs and splitOverlapMs',
  groups: ['sentences', 'long'],
  measure: async (bench, items) => {
    const read = await listenTo(items);
    const monologues = joinSentences(read);
    const alone = await bench.tryWhole({ ...PRESENT, name: 'the same sentences, each alone' }, sentencesOf(monologues, read));
    const sources = [...(await listenTo(monologues)), ...read.filter(({ item }) => item.group === 'long')];
    const trials = await bench.try(VARIANTS, sources);
    const [present] = trials;
    if (!present) throw new TypeError('a bench must give one trial for each variant');
    const rows = trials.map((trial) => [trial.variant.name, ...cellsOf(trial, present)]);
    const reference = [alone.variant.name, String(alone.cuts.length), '', ratioText(wordErrors(alone, ['sentences']), true)];
    return `${formatMarkdownTable([HEADS, [...reference, '', '', '', '', '', ''], ...rows])}\n\n${choiceText('these', trials, ['long'])}`;
  },
};

function cellsOf(trial: Trial, present: Trial): string[] {
  const faults = trial.cuts.map(faultsAtSplits);
  const sum = (name: keyof (typeof faults)[number]): string => String(faults.reduce((total, one) => total + one[name], 0));
  return [
    String(trial.cuts.flatMap(({ clips }) => clips).length),
    sum('splits'),
    ratioText(wordErrors(monologuesOf(trial), ['long']), true),
    trial === present ? '' : differenceText(wordErrors(monologuesOf(present), ['long']), wordErrors(monologuesOf(trial), ['long'])),
    sum('twice'),
    sum('added'),
    sum('lost'),
    sum('wrong'),
    ratioText(wordErrors({ ...trial, cuts: cutsOf(trial, 'long').filter(({ source }) => !isMonologue(source.item.slice)) }, ['long'])),
  ];
}

function monologuesOf(trial: Trial): Trial {
  return { ...trial, cuts: trial.cuts.filter(({ source }) => isMonologue(source.item.slice)) };
}

function isMonologue(slice: string): boolean {
  return slice === MONOLOGUE;
}
