import type { Group } from '../accuracy/material.ts';
import type { Part } from './part.ts';
import { choiceText } from './score.ts';
import { listenTo } from './source.ts';
import { PRESENT, withPolicy, withTreatment, zeros } from './variant.ts';
import { wordsTable } from './words-table.ts';

const TAILS_MS = [96, 128, 160];
const LONGER_TAIL_MS = 288;
const ZEROS_MS = [50, 100, 200];
const LONGEST_ZEROS_MS = 200;
const WORD_GROUPS: readonly Group[] = ['sentences', 'digit-strings', 'digits', 'long'];

/** Silence around a clip: the tail, and zeros before and after. */
export const TAIL_PART: Part = {
  name: 'tail',
  title: 'tailMs, and zeros before and after a clip',
  groups: [...WORD_GROUPS, 'orders'],
  measure: async (bench, items) => {
    const sources = await listenTo(items);
    const trials = await bench.try(
      [
        PRESENT,
        ...TAILS_MS.map((tailMs) => withPolicy(`tail ${tailMs}`, { tailMs })),
        withPolicy(`tail ${LONGER_TAIL_MS}`, { tailMs: LONGER_TAIL_MS, maybeEndMs: LONGER_TAIL_MS }),
        ...ZEROS_MS.map((beforeMs) => withTreatment(zeros(beforeMs, 0))),
        ...ZEROS_MS.map((afterMs) => withTreatment(zeros(0, afterMs))),
        withTreatment(zeros(LONGEST_ZEROS_MS, LONGEST_ZEROS_MS)),
      ],
      sources,
    );
    const [present] = trials;
    if (!present) throw new TypeError('a bench must give one trial for each variant');
    return `${wordsTable('clips', trials, present)}\n\n${choiceText('these', trials, WORD_GROUPS)}`;
  },
};
