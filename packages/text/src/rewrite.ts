import type { TimedWord } from './timed-text.ts';

/** Words that others take the place of. */
export interface Rewrite {
  /** The first word that goes. */
  readonly from: number;
  /** The first word after it that stays. */
  readonly to: number;
  /** What stands there instead, one entry a word. */
  readonly texts: readonly string[];
}

/** A step on the way from what was heard to what is written: looks at the words and says what becomes of them, in order. */
export type Step = (words: readonly string[]) => readonly Rewrite[];

/**
 * Puts the new words into the place of the old ones. They begin with the first and end with the last word that they stand for and
 * share its time by their lengths; each is as sure as the least sure of those words.
 *
 * @param rewrites - In order, without overlap.
 */
export function applyRewrites<Word extends TimedWord>(words: readonly Word[], rewrites: readonly Rewrite[]): Word[] {
  const written: Word[] = [];
  let position = 0;
  for (const { from, to, texts } of rewrites) {
    written.push(...words.slice(position, from), ...replace(words.slice(from, to), texts));
    position = to;
  }
  return [...written, ...words.slice(position)];
}

function replace<Word extends TimedWord>(words: readonly Word[], texts: readonly string[]): Word[] {
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return [];
  const confidence = Math.min(...words.map((word) => word.confidence));
  const { startMs } = first;
  const characterCount = texts.reduce((sum, text) => sum + text.length, 0);
  let charactersBefore = 0;
  let earliestMs = startMs;
  return texts.map((text, index) => {
    charactersBefore += text.length;
    const sharedMs = Math.round(startMs + ((last.endMs - startMs) * charactersBefore) / characterCount);
    const endMs = index === texts.length - 1 ? last.endMs : Math.min(Math.max(sharedMs, earliestMs), last.endMs);
    const word = { ...first, text, confidence, startMs: earliestMs, endMs };
    earliestMs = endMs;
    return word;
  });
}
