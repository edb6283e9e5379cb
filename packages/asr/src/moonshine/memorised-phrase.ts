import type { SpeechEvidence } from '../recognizer.ts';
import type { GreedySearchResult } from './greedy-search.ts';

// What the model writes of noise: ends of films and videos that it was trained on. On 320 clips of noise, hum and clicks it wrote something
// believable in 49 once it might not end at once; these were 47 of them, each where the end was at least 0.92 probable.
const PHRASES = new Set([
  'transcript emily beynon',
  'thank you for watching',
  'thanks for watching',
  'thank you so much for watching',
  'thanks for listening',
  'thank you for listening',
  'please subscribe',
  'like and subscribe',
  'see you in the next video',
  'thank you',
]);
const MINIMUM_END_PROBABILITY = 0.9;
// Half of what a fast talker takes.
const MINIMUM_VOICED_MS_PER_WORD = 80;

/** What is known of a text beside its words. */
export interface PhraseCircumstances extends Pick<GreedySearchResult, 'hasForcedStart' | 'endProbabilityAtStart'> {
  /** Without it a text that began by itself is believed. */
  readonly speech: SpeechEvidence | undefined;
}

/**
 * Whether a text is one that the model knows by heart and nothing speaks for it: the model was nearly sure that nothing is said, or so
 * little sounded like speech that nobody can have said it. Somebody who says "thank you" leaves the model less sure, and takes longer. A
 * text of signs alone, as notes for music, is none that can be said.
 */
export function isMemorisedPhrase(text: string, { hasForcedStart, endProbabilityAtStart, speech }: PhraseCircumstances): boolean {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const isPhrase = words.length === 0 ? !/\p{N}/u.test(text) : PHRASES.has(words.join(' '));
  if (!isPhrase) return false;
  if (hasForcedStart) return endProbabilityAtStart >= MINIMUM_END_PROBABILITY;
  return words.length === 0 || (speech !== undefined && speech.voicedMs < MINIMUM_VOICED_MS_PER_WORD * words.length);
}
