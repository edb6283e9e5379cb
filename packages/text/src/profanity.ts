import { profaneWords } from '@2toad/profanity';
import type { Rewrite, Step } from './rewrite.ts';
import { partsOf } from './word-parts.ts';

/** Names, and words of doctors and everyday, that the list has as well. */
const SPARED = new Set(
  'anus balls breasts clitoris cox ejaculation hoar labia lust pawn penis rectum sadist semen sex spac snatch testicle vagina viagra vulva wang willies willy'.split(
    ' ',
  ),
);

/** The words of the list that can be said; it also has spellings that only hide from filters. */
const ENTRIES = (profaneWords.get('en') ?? []).filter((entry) => /^[a-z]+(?:[ -][a-z]+)*$/.test(entry) && !SPARED.has(entry));
/** Each entry as its words, whether the list joins them or not. */
const PHRASES = new Set(ENTRIES.map((entry) => entry.split(/[ -]/)).flatMap((parts) => (parts.every(isWord) ? [parts.join(' ')] : [])));
const MAXIMUM_PHRASE_WORDS = Math.max(...[...PHRASES].map((phrase) => phrase.split(' ').length));

/** Leaves the first letter of each profane word and puts stars for the rest. Whole words only: Scunthorpe and classes are safe. */
export const maskProfanity: Step = (words) => {
  const rewrites: Rewrite[] = [];
  for (let from = 0; from < words.length; ) {
    const count = profaneCount(words, from);
    for (let index = from; index < from + count; index++) {
      rewrites.push({ from: index, to: index + 1, texts: [mask(words[index] ?? '')] });
    }
    from += Math.max(1, count);
  }
  return rewrites;
};

/** How many words from here on are one profane entry; the longest counts. */
function profaneCount(words: readonly string[], from: number): number {
  for (let count = Math.min(MAXIMUM_PHRASE_WORDS, words.length - from); count > 0; count--) {
    const phrase = words
      .slice(from, from + count)
      .map(plain)
      .join(' ');
    if (PHRASES.has(phrase)) return count;
  }
  return plain(words[from] ?? '')
    .split(' ')
    .some((part) => PHRASES.has(part))
    ? 1
    : 0;
}

/** In lower case, without punctuation and the 's of a genitive; hyphens part words. */
function plain(word: string): string {
  return partsOf(word)
    .core.toLowerCase()
    .replace(/['’]s$/u, '')
    .replaceAll('-', ' ');
}

function mask(word: string): string {
  const { before, core, after } = partsOf(word);
  const [first = '', ...rest] = core;
  return before + first + rest.map((character) => (/[\p{L}\p{N}]/u.test(character) ? '*' : character)).join('') + after;
}

/** A letter alone has nothing to mask; "son of a bitch" is found by its last word. */
function isWord(part: string): boolean {
  return part.length > 1;
}
