import type { Token, Transcript } from '@outspoken/asr';

// What both parts hear lasts a fifth of a second: "the" or "it is", not "words", which somebody may say twice.
const MOST_REPEATED_WORDS = 2;
const MOST_REPEATED_LETTERS = 4;

/**
 * Counts the words with which the second part of split speech begins although the first part ended with them: both hear what they share.
 * Of 160 splits three had such a word ("the absence of the" and "the detailed reference").
 *
 * @param before - Words of the first part.
 * @param after - Words of the second part.
 */
export function countRepeatedWords(before: readonly string[], after: readonly string[]): number {
  for (let count = Math.min(MOST_REPEATED_WORDS, before.length, after.length); count > 0; count -= 1) {
    const said = before.slice(-count).map(bare);
    const again = after.slice(0, count).map(bare);
    const isShort = again.join('').length <= MOST_REPEATED_LETTERS;
    if (isShort && again.every((word, index) => word !== '' && word === said[index])) return count;
  }
  return 0;
}

/**
 * Leaves the first words of a transcript out, with their tokens.
 *
 * @param count - How many words; at least 0.
 */
export function withoutFirstWords(transcript: Transcript, count: number): Transcript {
  if (count === 0) return transcript;
  const words = transcript.words.slice(count);
  const tokens = withoutFirstTokens(transcript.tokens, count);
  const text = transcript.text.split(/\s+/u).slice(count).join(' ');
  const rest = { ...transcript, text, words, tokens, meanLogProbability: meanOf(tokens.map(({ probability }) => Math.log(probability))) };
  if (text === '') return { ...rest, confidence: transcript.noSpeechProbability, emptyReason: 'filtered' };
  return words.length === 0 ? rest : { ...rest, confidence: meanOf(words.map(({ confidence }) => confidence)) };
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A token whose text begins with white space begins a word; one without any text, as control tokens have, belongs to none. */
function withoutFirstTokens(tokens: readonly Token[], count: number): readonly Token[] {
  let begun = 0;
  let isWithin = false;
  const first = tokens.findIndex(({ text }) => {
    if (/^\s/u.test(text)) isWithin = false;
    if (!isWithin && text.trim() !== '') {
      isWithin = true;
      begun += 1;
    }
    return begun > count;
  });
  return first === -1 ? [] : tokens.slice(first);
}

/** Without case and punctuation, which differ at the end of one text and the beginning of another. */
function bare(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
