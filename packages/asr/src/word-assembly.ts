import type { Token, Word } from './transcript.ts';
import { estimateWordTimes } from './word-timing.ts';

const HAS_LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/**
 * Joins tokens to words: a token whose text begins with white space begins a word. Punctuation stays with the word before it. The
 * confidences are what the model itself says.
 *
 * @param samples - The clip that the tokens were heard in, from which the times are estimated.
 */
export function assembleWords(tokens: readonly Token[], samples: Float32Array, sampleRateHz: number): Word[] {
  const words = groupTokens(tokens).map((group) => ({ text: joinTexts(group), confidence: multiplyProbabilities(group) }));
  const times = estimateWordTimes(
    words.map((word) => word.text.length),
    samples,
    sampleRateHz,
  );
  return words.map((word, index) => ({ ...word, ...(times[index] ?? { startMs: 0, endMs: 0 }), timing: 'estimated' }));
}

function groupTokens(tokens: readonly Token[]): Token[][] {
  const groups: Token[][] = [];
  for (const token of tokens) {
    const current = groups.at(-1);
    if (!current || /^\s/u.test(token.text)) {
      groups.push([token]);
    } else {
      current.push(token);
    }
  }
  return groups.filter((group) => joinTexts(group) !== '');
}

function joinTexts(tokens: readonly Token[]): string {
  return tokens
    .map((token) => token.text)
    .join('')
    .trim();
}

/** Probability of the word after the words before it; how sure the model is of a comma says nothing about the word. */
function multiplyProbabilities(group: readonly Token[]): number {
  const spoken = group.filter((token) => HAS_LETTER_OR_DIGIT.test(token.text));
  return (spoken.length > 0 ? spoken : group).reduce((product, token) => product * token.probability, 1);
}
