import { keptAfter, partsOf } from '../word-parts.ts';
import { type NumberMeaning, numberMeanings } from './number-words.ts';

/** Number words that follow each other without anything between them, not even a comma. */
export interface NumberRun {
  readonly meanings: readonly NumberMeaning[];
  /** The word that each meaning stands in; hyphens put several into one. */
  readonly wordIndexes: readonly number[];
}

/** Finds the number words of a text. */
export function findNumberRuns(words: readonly string[]): NumberRun[] {
  const runs: { readonly meanings: NumberMeaning[]; readonly wordIndexes: number[] }[] = [];
  let isOpen = false;
  words.forEach((word, index) => {
    const { before, core, after } = partsOf(word);
    const meanings = numberMeanings(core);
    if (meanings === undefined) {
      isOpen = false;
      return;
    }
    if (!isOpen || before !== '') runs.push({ meanings: [], wordIndexes: [] });
    runs.at(-1)?.meanings.push(...meanings);
    runs.at(-1)?.wordIndexes.push(...meanings.map(() => index));
    isOpen = after === '';
  });
  return runs;
}

/** Whether a word begins at a meaning, so that what is read up to there can be written without cutting a word. */
export function isWordStart({ wordIndexes }: NumberRun, position: number): boolean {
  return position === 0 || wordIndexes[position] !== wordIndexes[position - 1];
}

/** The word before a meaning, in lower case; undefined where punctuation is between them. */
export function wordBefore(words: readonly string[], run: NumberRun, position: number): string | undefined {
  const index = run.wordIndexes[position] ?? 0;
  const previous = words[index - 1];
  if (previous === undefined || partsOf(words[index] ?? '').before !== '') return undefined;
  const { core, after } = partsOf(previous);
  return after === '' ? core : undefined;
}

/** The words behind the last meaning before `end`, up to the next punctuation. */
export function wordsBehind(words: readonly string[], run: NumberRun, end: number): string[] {
  const index = run.wordIndexes[end - 1] ?? 0;
  const behind: string[] = [];
  for (let next = index; keptAfter(partsOf(words[next] ?? '')) === '' && next + 1 < words.length && behind.length < 2; next++) {
    behind.push(partsOf(words[next + 1] ?? '').core);
  }
  return behind;
}
