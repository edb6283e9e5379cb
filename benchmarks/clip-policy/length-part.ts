import type { Group } from '../accuracy/material.ts';
import { NOISE_FILES } from '../accuracy/material.ts';
import { formatMarkdownTable } from '../support/table.ts';
import type { Trial } from './bench.ts';
import type { Part } from './part.ts';
import { cutsOf, missedPhrases, ratioText, textOf, wordErrors } from './score.ts';
import { listenTo } from './source.ts';
import { withPolicy } from './variant.ts';

const MINIMUM_VOICED_MS = [64, 96, 128, 160, 192];
/** Short words; a sentence has more than enough. */
const SPOKEN: readonly Group[] = ['digit-strings', 'digits', 'orders'];
const SAMPLES_PER_HOUR = 16_000 * 3_600;
const HEADS = [
  'minimumVoicedMs',
  'recordings without a clip',
  'digit strings',
  'digits',
  'digits empty',
  'orders empty',
  'slots missed',
  'clips an hour of noise',
  'with a text',
];

/** How short a burst may be that leaves the device: short words against noise. */
export const LENGTH_PART: Part = {
  name: 'length',
  title: 'minimumVoicedMs',
  groups: [...SPOKEN, 'noise'],
  measure: async (bench, items) => {
    const sources = await listenTo(items.filter(({ group, slice }) => group !== 'noise' || slice === NOISE_FILES));
    const variants = MINIMUM_VOICED_MS.map((minimumVoicedMs) => withPolicy(String(minimumVoicedMs), { minimumVoicedMs }));
    const trials = await bench.try(variants, sources);
    return formatMarkdownTable([HEADS, ...trials.map((trial) => [trial.variant.name, ...cellsOf(trial)])]);
  },
};

function cellsOf(trial: Trial): string[] {
  const spoken = SPOKEN.flatMap((group) => cutsOf(trial, group));
  const emptyText = (group: Group): string => {
    const cuts = cutsOf(trial, group);
    return `${cuts.filter((cut) => textOf(cut) === '').length} of ${cuts.length}`;
  };
  const noise = cutsOf(trial, 'noise');
  const hours = noise.reduce((sum, { source }) => sum + source.samples.length, 0) / SAMPLES_PER_HOUR;
  const noiseClips = noise.flatMap(({ clips }) => clips);
  const withText = noiseClips.filter(({ transcript }) => transcript.text !== '');
  return [
    `${spoken.filter(({ clips }) => clips.length === 0).length} of ${spoken.length}`,
    ratioText(wordErrors(trial, ['digit-strings'])),
    ratioText(wordErrors(trial, ['digits'])),
    emptyText('digits'),
    emptyText('orders'),
    ratioText(missedPhrases(trial)),
    `${(noiseClips.length / hours).toFixed(0)} (${noiseClips.length})`,
    `${(withText.length / hours).toFixed(0)} (${withText.length})`,
  ];
}
