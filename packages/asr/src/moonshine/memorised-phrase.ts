// What the model writes of noise once it may not end at once: ends of films and videos that it was trained on. On 320 clips of noise, hum
// and clicks it wrote something believable in 49; these were 47 of them, each where the end was at least 0.92 probable.
const PHRASES = new Set(['transcript emily beynon', 'thank you for watching', 'thanks for watching', 'thank you']);
const MINIMUM_END_PROBABILITY = 0.9;

/**
 * Whether a text that was not let end at once is one that the model knows by heart, where it was nearly sure that nothing is said. Somebody
 * who says "thank you" leaves it less sure than that.
 */
export function isMemorisedPhrase(text: string, endProbabilityAtStart: number): boolean {
  if (endProbabilityAtStart < MINIMUM_END_PROBABILITY) return false;
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  return words.length === 0 ? !/\p{N}/u.test(text) : PHRASES.has(words.join(' '));
}
