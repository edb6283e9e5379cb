import type { Normaliser } from '../normalisation/normaliser.ts';
import { type ErrorCounts, NO_ERRORS } from './error-counts.ts';

/**
 * Looks for phrases that were said, for example the slots of an order or a list of keywords: one is heard when all its words stand in the
 * text, in order and with nothing between them.
 *
 * @returns One deletion for each phrase that is not there, of as many as there are: the same counts as those of words, so that intervals
 *   and differences come from the same functions. A phrase of which the normaliser leaves nothing is not counted.
 */
export function countMissedPhrases(phrases: readonly string[], hypothesis: string, normaliser: Normaliser): ErrorCounts {
  const heard = normaliser.words(hypothesis);
  const said = phrases.map((phrase) => normaliser.words(phrase)).filter((words) => words.length > 0);
  const missed = said.filter((words) => !holds(heard, words));
  return { ...NO_ERRORS, deletions: missed.length, referenceCount: said.length };
}

function holds(text: readonly string[], words: readonly string[]): boolean {
  return text.some((_, start) => words.every((word, index) => text[start + index] === word));
}
