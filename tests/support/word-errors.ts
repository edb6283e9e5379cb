/** Result of aligning the words of a hypothesis to those of a reference. */
export interface WordErrors {
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  readonly referenceWords: number;
}

const TITLES: Readonly<Record<string, string>> = { mr: 'mister', mrs: 'missus', dr: 'doctor' };

/**
 * Splits a text into comparable words: lower case, titles spelled out, hyphens split, punctuation dropped except an apostrophe
 * inside a word. Meant for both sides of a comparison; numbers stay as they are written.
 */
export function normaliseWords(text: string): string[] {
  return text
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/[^\p{L}\p{M}\p{N}']+/gu, ' ')
    .split(' ')
    .map((word) => word.replaceAll(/^'+|'+$/g, ''))
    .filter((word) => word !== '')
    .map((word) => (Object.hasOwn(TITLES, word) ? (TITLES[word] ?? word) : word));
}

/** Aligns two word sequences with the fewest edits (Levenshtein); of equal alignments the one with the most substitutions. */
export function alignWords(reference: readonly string[], hypothesis: readonly string[]): WordErrors {
  interface Cell {
    readonly edits: number;
    readonly substitutions: number;
    readonly deletions: number;
    readonly insertions: number;
  }
  let row: Cell[] = Array.from({ length: hypothesis.length + 1 }, (_, j) => ({ edits: j, substitutions: 0, deletions: 0, insertions: j }));
  for (const [i, word] of reference.entries()) {
    const next: Cell[] = [{ edits: i + 1, substitutions: 0, deletions: i + 1, insertions: 0 }];
    for (const [j, heard] of hypothesis.entries()) {
      const [diagonal, above, left] = [row[j], row[j + 1], next[j]];
      if (!diagonal || !above || !left) {
        throw new RangeError('the rows of the alignment must be as long as the hypothesis');
      }
      const isSame = word === heard ? 0 : 1;
      let best: Cell = { ...diagonal, edits: diagonal.edits + isSame, substitutions: diagonal.substitutions + isSame };
      if (above.edits + 1 < best.edits) {
        best = { ...above, edits: above.edits + 1, deletions: above.deletions + 1 };
      }
      if (left.edits + 1 < best.edits) {
        best = { ...left, edits: left.edits + 1, insertions: left.insertions + 1 };
      }
      next.push(best);
    }
    row = next;
  }
  const { substitutions, deletions, insertions } = row.at(-1) ?? { substitutions: 0, deletions: 0, insertions: 0 };
  return { substitutions, deletions, insertions, referenceWords: reference.length };
}

/** Normalises both texts and aligns them. */
export function countWordErrors(referenceText: string, hypothesisText: string): WordErrors {
  return alignWords(normaliseWords(referenceText), normaliseWords(hypothesisText));
}

/** Sums the errors of many texts. */
export function sumWordErrors(parts: readonly WordErrors[]): WordErrors {
  const sum = { substitutions: 0, deletions: 0, insertions: 0, referenceWords: 0 };
  for (const part of parts) {
    sum.substitutions += part.substitutions;
    sum.deletions += part.deletions;
    sum.insertions += part.insertions;
    sum.referenceWords += part.referenceWords;
  }
  return sum;
}

/** Errors per word of the reference, 0 or more; NaN when the reference has no word. */
export function wordErrorRatio(errors: WordErrors): number {
  return (errors.substitutions + errors.deletions + errors.insertions) / errors.referenceWords;
}
