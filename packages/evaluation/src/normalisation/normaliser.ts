import { EvaluationError } from '../evaluation-error.ts';
import { plainText } from './plain.ts';
import { whisperEnglishText } from './whisper-english.ts';

/**
 * Brings texts that say the same into the same form, so that only what was heard differently counts as an error. Both sides of a
 * comparison go through the same one.
 */
export interface Normaliser {
  /** Name and version: figures with different ids cannot be compared. */
  readonly id: string;
  /** One line for people. */
  readonly description: string;
  /** The text in its common form, words separated by single spaces. */
  normalise(text: string): string;
  /** The words that are counted. */
  words(text: string): string[];
}

/** Whisper's English rules; then a number of several digits counts as one word for each digit. The one for English speech. */
export const WHISPER_ENGLISH: Normaliser = Object.freeze({
  id: 'whisper-english/1',
  description: "Whisper's English rules, then digit by digit",
  normalise: whisperEnglishText,
  words: (text: string) => split(whisperEnglishText(text)).flatMap(splitDigits),
});

/** Whisper's English rules and no more: a number counts as one word. For comparison with figures of others. */
export const WHISPER_ENGLISH_NUMBERS: Normaliser = Object.freeze({
  id: 'whisper-english-numbers/1',
  description: "Whisper's English rules, a number counts as one word",
  normalise: whisperEnglishText,
  words: (text: string) => split(whisperEnglishText(text)),
});

/** Lower case without punctuation, for any language that writes spaces between words. Numbers stay as they are written. */
export const PLAIN: Normaliser = Object.freeze({
  id: 'plain/1',
  description: 'lower case, punctuation dropped, hyphens split',
  normalise: plainText,
  words: (text: string) => split(plainText(text)),
});

/** All normalisers; the first is the one to take when nothing else is asked for. */
export const NORMALISERS: readonly Normaliser[] = Object.freeze([WHISPER_ENGLISH, WHISPER_ENGLISH_NUMBERS, PLAIN]);

/**
 * The normaliser with an id.
 *
 * @throws {@link EvaluationError} `normaliser_unknown`
 */
export function findNormaliser(id: string): Normaliser {
  const normaliser = NORMALISERS.find((one) => one.id === id);
  if (!normaliser) {
    throw new EvaluationError(
      'normaliser_unknown',
      `there is no normaliser ${id}, take one of ${NORMALISERS.map((one) => one.id).join(', ')}`,
    );
  }
  return normaliser;
}

function split(text: string): string[] {
  // "..." leaves a point behind, which nobody said.
  return text.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word));
}

/** `43198` and `4 3 1 9 8` are the same digits; a lone one is written as a word by the rules, so it is here too. */
function splitDigits(word: string): string[] {
  return /^\d{2,}$/.test(word) ? [...word].map((digit) => (digit === '1' ? 'one' : digit)) : [word];
}
