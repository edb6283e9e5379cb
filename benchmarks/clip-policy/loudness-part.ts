import type { Group } from '../accuracy/material.ts';
import { toLoudness, toPeak } from './gain.ts';
import type { Part } from './part.ts';
import { choiceText } from './score.ts';
import { attenuate, listenTo } from './source.ts';
import { PRESENT, type Variant, withTreatment } from './variant.ts';
import { wordsTable } from './words-table.ts';

const GROUPS: readonly Group[] = ['sentences', 'digit-strings', 'digits', 'orders'];
const WORD_GROUPS: readonly Group[] = ['sentences', 'digit-strings', 'digits'];
const ATTENUATIONS_DB = [12, 24, 36];
const EVERY_GAIN: readonly Variant[] = [
  PRESENT,
  ...[-3, -6, -12].map((targetDbfs) => withTreatment(toPeak(targetDbfs))),
  ...[-30, -23, -16].map((targetDbfs) => withTreatment(toLoudness(targetDbfs))),
];
/** Quiet speech is lifted to the same levels as other speech, 20 dB at most: these tell whether that helps. */
const SOME_GAINS: readonly Variant[] = [PRESENT, withTreatment(toPeak(-3))];

/** Clips brought to one loudness, of speech as it was recorded and of quiet microphones. */
export const LOUDNESS_PART: Part = {
  name: 'loudness',
  title: 'loudness of a clip, as recorded and as quiet microphones give it',
  groups: GROUPS,
  measure: async (bench, items) => {
    const tables: string[] = [];
    for (const attenuationDb of [0, ...ATTENUATIONS_DB]) {
      const sources = await listenTo(items.map((item) => attenuate(item, attenuationDb)));
      const trials = await bench.try(attenuationDb === 0 ? EVERY_GAIN : SOME_GAINS, sources);
      const [present] = trials;
      if (!present) throw new TypeError('a bench must give one trial for each variant');
      const what = attenuationDb === 0 ? 'as recorded' : `${attenuationDb} dB quieter`;
      tables.push(`${wordsTable(what, trials, present)}\n\n${choiceText(`these, ${what}`, trials, WORD_GROUPS)}`);
    }
    return tables.join('\n\n');
  },
};
