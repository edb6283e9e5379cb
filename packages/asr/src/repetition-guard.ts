// A greedy search that loses its place in the audio writes the same few tokens again and again: until the token cap stops it, or until it
// finds its place and goes on. People repeat themselves too ("no, no, no", "tomorrow, and tomorrow, and tomorrow", "four four four four",
// "bye-bye"), so a repetition must be long before it counts as runaway.
const LONGEST_PERIOD_TOKENS = 48;
const MINIMUM_REPEATED_TOKENS = 10;
// Of a block of one or two tokens, a word with its comma: people say "no" six times. What the cap cut was still at it.
const MINIMUM_REPEATED_TOKENS_OF_A_WORD = 16;
const LONGEST_WORD_TOKENS = 2;
const MINIMUM_OCCURRENCES = 3;
const MINIMUM_OCCURRENCES_AT_CAP = 2;

/**
 * Finds runaway repetitions anywhere in a text: one block of tokens that occurs at least three times in a row, or twice where the token cap
 * cut the text, the repeats together at least ten tokens long, sixteen where the block is a single word. At the end of the text the last occurrence may be unfinished.
 *
 * @returns The indices of the tokens to keep, in order: all of them, or without the repeats of each first occurrence.
 */
export function indicesWithoutRepetition(tokenIds: readonly number[], hasReachedCap: boolean): number[] {
  const kept: number[] = [];
  for (let index = 0; index < tokenIds.length; ) {
    const { period, repeated } = findRunaway(tokenIds, index, hasReachedCap);
    const length = Math.max(1, period);
    for (let offset = 0; offset < length; offset += 1) kept.push(index + offset);
    index += length + repeated;
  }
  return kept;
}

/** The shortest block at a place that is repeated there too often, and how many tokens of repeats follow it; of none both are 0. */
function findRunaway(
  tokenIds: readonly number[],
  start: number,
  hasReachedCap: boolean,
): { readonly period: number; readonly repeated: number } {
  const count = tokenIds.length;
  for (let period = 1; period <= LONGEST_PERIOD_TOKENS && start + 2 * period <= count; period += 1) {
    let repeated = 0;
    while (start + period + repeated < count && tokenIds[start + repeated] === tokenIds[start + period + repeated]) repeated += 1;
    const isAtEnd = start + period + repeated === count;
    // Where the text goes on, what looks like the beginning of one more occurrence may be that of something else.
    if (!isAtEnd) repeated -= repeated % period;
    const isCut = isAtEnd && hasReachedCap;
    const minimumOccurrences = isCut ? MINIMUM_OCCURRENCES_AT_CAP : MINIMUM_OCCURRENCES;
    const minimumRepeated = period <= LONGEST_WORD_TOKENS && !isCut ? MINIMUM_REPEATED_TOKENS_OF_A_WORD : MINIMUM_REPEATED_TOKENS;
    if (repeated >= minimumRepeated && repeated + period >= period * minimumOccurrences) return { period, repeated };
  }
  return { period: 0, repeated: 0 };
}
