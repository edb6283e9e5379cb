import { shortestEditPath } from './edit-path.ts';

/** What became of one word or character; indices count those of its own side from 0. */
export type EditOperation =
  | {
      readonly type: 'equal';
      readonly reference: string;
      readonly referenceIndex: number;
      readonly hypothesis: string;
      readonly hypothesisIndex: number;
    }
  | {
      readonly type: 'substitution';
      readonly reference: string;
      readonly referenceIndex: number;
      readonly hypothesis: string;
      readonly hypothesisIndex: number;
    }
  /** In the reference only. */
  | { readonly type: 'deletion'; readonly reference: string; readonly referenceIndex: number }
  /** In the hypothesis only. */
  | { readonly type: 'insertion'; readonly hypothesis: string; readonly hypothesisIndex: number };

/**
 * Aligns what was heard to what was said, with as few edits as possible, always in the same way; see {@link shortestEditPath}.
 *
 * @param reference - What was said: words, or characters.
 * @param hypothesis - What was heard.
 * @throws `EvaluationError` `texts_too_different` when the texts are very long and very different.
 */
export function align(reference: readonly string[], hypothesis: readonly string[]): EditOperation[] {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  };
  const path = shortestEditPath(Int32Array.from(reference, numberOf), Int32Array.from(hypothesis, numberOf));
  let [referenceIndex, hypothesisIndex] = [0, 0];
  return path.map((type): EditOperation => {
    const said = { reference: reference[referenceIndex] ?? '', referenceIndex };
    const heard = { hypothesis: hypothesis[hypothesisIndex] ?? '', hypothesisIndex };
    if (type !== 'insertion') referenceIndex += 1;
    if (type !== 'deletion') hypothesisIndex += 1;
    return type === 'deletion' ? { type, ...said } : type === 'insertion' ? { type, ...heard } : { type, ...said, ...heard };
  });
}
