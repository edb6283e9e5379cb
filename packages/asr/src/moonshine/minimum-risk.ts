/** A text and the logarithm of its probability, up to a number that all texts share. */
export interface WeighedText {
  readonly text: string;
  readonly logProbability: number;
}

/**
 * The text that is expected to have the fewest wrong words if the truth is one of the texts with their probabilities: minimum Bayes risk
 * (Goel and Byrne, Computer Speech & Language 14, 2000). Between two texts it is the more probable one; among more, one that shares its
 * words with others gains.
 *
 * @param texts - At least one; the first of equals is taken.
 * @returns Its place.
 */
export function findLeastRisk(texts: readonly WeighedText[]): number {
  const highest = Math.max(...texts.map(({ logProbability }) => logProbability));
  const weights = texts.map(({ logProbability }) => Math.exp(logProbability - highest));
  const words = texts.map(({ text }) => wordsOf(text));
  const risks = words.map((own) => words.reduce((sum, other, place) => sum + (weights[place] ?? 0) * countDifferences(own, other), 0));
  return Math.max(risks.indexOf(Math.min(...risks)), 0);
}

/** Words as they sound: their case and the punctuation around them are no error worth a word. */
function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}'\s]/gu, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** Words to replace, leave out or put in to get from one to the other (Levenshtein). */
function countDifferences(from: readonly string[], to: readonly string[]): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, word] of from.entries()) {
    const next = [index + 1];
    for (const [place, other] of to.entries()) {
      const replaced = (row[place] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(replaced, (row[place + 1] ?? 0) + 1, (next[place] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
