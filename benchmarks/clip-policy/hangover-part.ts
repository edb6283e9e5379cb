import type { Group } from '../accuracy/material.ts';
import type { Part } from './part.ts';
import { choiceText } from './score.ts';
import { listenTo } from './source.ts';
import { isPresent, PRESENT, withPolicy } from './variant.ts';
import { wordsTable } from './words-table.ts';

const HANGOVERS_MS = [416, 512, 608, 704];
const PRE_ROLLS_MS = [300, 400, 500, 600];
const GROUPS: readonly Group[] = ['sentences', 'digit-strings', 'digits', 'long', 'orders'];
/** Those with a written text. */
const WORD_GROUPS: readonly Group[] = ['sentences', 'digit-strings', 'digits', 'long'];
/** What a clip of 30 s takes; nothing longer is recognized in one piece. */
const LONGEST_SAMPLES = 480_000;

/** Where a clip begins and when it ends. */
export const HANGOVER_PART: Part = {
  name: 'hangover',
  title: 'hangoverMs and preRollMs',
  groups: GROUPS,
  measure: async (bench, items) => {
    const sources = await listenTo(items);
    // From the quickest answer and the least audio up: of equals the first one is chosen.
    const variants = HANGOVERS_MS.flatMap((hangoverMs) =>
      PRE_ROLLS_MS.map((preRollMs) => withPolicy(`${hangoverMs} / ${preRollMs}`, { hangoverMs, preRollMs })),
    );
    const trials = await bench.try(variants, sources);
    const whole = await bench.tryWhole(
      { ...PRESENT, name: 'whole files' },
      sources.filter(({ samples }) => samples.length <= LONGEST_SAMPLES && samples.length >= 16_000),
    );
    const present = trials.find(({ variant }) => isPresent(variant)) ?? whole;
    return `${wordsTable('hangover / pre-roll', [whole, ...trials], present)}\n\n${choiceText('these', trials, WORD_GROUPS)}`;
  },
};
