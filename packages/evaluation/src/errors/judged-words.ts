import type { Normaliser } from '../normalisation/normaliser.ts';
import { align } from './alignment.ts';

/**
 * Says of each heard word whether it was said: it is right when the alignment with the reference finds it equal.
 *
 * A word is judged in its place in the text, since a normaliser may bring several into one form ("twenty five", "25"); one of several
 * words ("I'm") is right when all of them are.
 *
 * @param heardWords - As the recognizer wrote them, with their punctuation, in order.
 * @returns For each heard word: undefined for one that the normaliser leaves out, like "um".
 */
export function judgeWords(reference: string, heardWords: readonly string[], normaliser: Normaliser): (boolean | undefined)[] {
  const whole = normaliser.words(heardWords.join(' '));
  const isRight: boolean[] = whole.map(() => false);
  for (const operation of align(normaliser.words(reference), whole)) {
    if (operation.type === 'equal') isRight[operation.hypothesisIndex] = true;
  }
  // Each word by itself, and the text: where the two differ, the alignment says which part of the text a word became.
  const pieces = heardWords.map((word) => normaliser.words(word));
  const owners = pieces.flatMap((words, owner) => words.map(() => owner));
  const judged: (boolean | undefined)[] = heardWords.map(() => undefined);
  for (const operation of align(pieces.flat(), whole)) {
    if (operation.type !== 'equal' && operation.type !== 'substitution') continue;
    const owner = owners[operation.referenceIndex] ?? -1;
    judged[owner] = (judged[owner] ?? true) && (isRight[operation.hypothesisIndex] ?? false);
  }
  return judged;
}
