import { align, type ErrorCounts, NO_ERRORS, type Normaliser, sumErrors } from '@outspoken/evaluation';

/** What one text says of a list. */
export interface KeywordCounts {
  /** Listed words that were said, and of them those that are not in the text. */
  readonly listed: ErrorCounts;
  /** Everything else that was said, and what was written that nobody said. */
  readonly others: ErrorCounts;
  /** Listed phrases that the text holds more often than they were said. */
  readonly invented: number;
}

/**
 * Counts by the alignment of the text with what was said.
 *
 * @param words - Listed words that were said.
 * @param list - All that was listed.
 */
export function countKeywords(
  { reference, words, list }: { readonly reference: string; readonly words: readonly string[]; readonly list: readonly string[] },
  text: string,
  normaliser: Normaliser,
): KeywordCounts {
  const said = normaliser.words(reference);
  const heard = normaliser.words(text);
  const own = new Set(words.flatMap((word) => normaliser.words(word)));
  let [listed, others] = [NO_ERRORS, NO_ERRORS];
  for (const operation of align(said, heard)) {
    const counts = {
      ...NO_ERRORS,
      substitutions: operation.type === 'substitution' ? 1 : 0,
      deletions: operation.type === 'deletion' ? 1 : 0,
      insertions: operation.type === 'insertion' ? 1 : 0,
      referenceCount: operation.type === 'insertion' ? 0 : 1,
    };
    if (operation.type !== 'insertion' && own.has(operation.reference)) listed = sumErrors([listed, counts]);
    else others = sumErrors([others, counts]);
  }
  const phrases = [...new Set(list.map((phrase) => normaliser.words(phrase).join(' ')))].filter((phrase) => phrase !== '');
  const invented = phrases.reduce((sum, phrase) => sum + Math.max(0, occurrences(heard, phrase) - occurrences(said, phrase)), 0);
  return { listed, others, invented };
}

function occurrences(words: readonly string[], phrase: string): number {
  return ` ${words.join('  ')} `.split(` ${phrase.replaceAll(' ', '  ')} `).length - 1;
}
