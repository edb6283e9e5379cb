import type { Normaliser } from '../normalisation/normaliser.ts';
import { align, type EditOperation } from './alignment.ts';

/** Errors in words or characters, of one text or of many. */
export interface ErrorCounts {
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  /** Words or characters of the reference. */
  readonly referenceCount: number;
}

/** No errors in nothing. */
export const NO_ERRORS: ErrorCounts = Object.freeze({ substitutions: 0, deletions: 0, insertions: 0, referenceCount: 0 });

/** Counts what an alignment says. */
export function countErrors(operations: readonly EditOperation[]): ErrorCounts {
  const counts = { equal: 0, substitution: 0, deletion: 0, insertion: 0 };
  for (const { type } of operations) counts[type] += 1;
  return {
    substitutions: counts.substitution,
    deletions: counts.deletion,
    insertions: counts.insertion,
    referenceCount: counts.equal + counts.substitution + counts.deletion,
  };
}

/** Brings both texts into their common form and counts the words that differ. */
export function countWordErrors(reference: string, hypothesis: string, normaliser: Normaliser): ErrorCounts {
  return countErrors(align(normaliser.words(reference), normaliser.words(hypothesis)));
}

/** The same in characters, the spaces between the words among them. */
export function countCharacterErrors(reference: string, hypothesis: string, normaliser: Normaliser): ErrorCounts {
  const charactersOf = (text: string): string[] => [...normaliser.words(text).join(' ')];
  return countErrors(align(charactersOf(reference), charactersOf(hypothesis)));
}

/** Sums the errors of many texts: the rate of many is that of the sum, never the mean of their rates. */
export function sumErrors(parts: Iterable<ErrorCounts>): ErrorCounts {
  const sum = { ...NO_ERRORS };
  for (const part of parts) {
    sum.substitutions += part.substitutions;
    sum.deletions += part.deletions;
    sum.insertions += part.insertions;
    sum.referenceCount += part.referenceCount;
  }
  return sum;
}

/** Substitutions, deletions and insertions together. */
export function editCount({ substitutions, deletions, insertions }: ErrorCounts): number {
  return substitutions + deletions + insertions;
}

/** Errors for each word (WER) or character (CER) of the reference, 0 or more, above 1 when much is inserted; NaN when the reference is empty. */
export function errorRatio(counts: ErrorCounts): number {
  return editCount(counts) / counts.referenceCount;
}
