// A greedy search that loses its place in the audio writes the same few tokens until the token cap stops it. People repeat
// themselves too ("no, no, no", "tomorrow, and tomorrow, and tomorrow", "four four four four"), so a repetition must be long
// before it counts as runaway.
const LONGEST_PERIOD_TOKENS = 48;
const MINIMUM_REPEATED_TOKENS = 10;
const MINIMUM_OCCURRENCES = 3;
const MINIMUM_OCCURRENCES_AT_CAP = 2;

/**
 * Finds a runaway repetition at the end of a text: one block of tokens that occurs at least three times in a row, or twice
 * when the token cap cut the text, the repeats together at least ten tokens long. The last occurrence may be unfinished.
 *
 * @returns How many tokens to keep: all of them, or those up to the end of the first occurrence.
 */
export function countTokensBeforeRepetition(tokenIds: readonly number[], hasReachedCap: boolean): number {
  const minimumOccurrences = hasReachedCap ? MINIMUM_OCCURRENCES_AT_CAP : MINIMUM_OCCURRENCES;
  const count = tokenIds.length;
  for (let period = 1; period <= LONGEST_PERIOD_TOKENS && period * minimumOccurrences <= count; period += 1) {
    let repeated = 0;
    while (repeated + period < count && tokenIds[count - 1 - repeated] === tokenIds[count - 1 - repeated - period]) {
      repeated += 1;
    }
    if (repeated >= MINIMUM_REPEATED_TOKENS && repeated + period >= period * minimumOccurrences) {
      return count - repeated;
    }
  }
  return count;
}
