import { countWordErrors, editCount, WHISPER_ENGLISH } from '@outspoken/evaluation';

/** What is said in a clip, as far as somebody wrote it down. */
export type Said =
  | { readonly type: 'nothing' }
  /** Every word. A text counts as right up to this share of wrong words. */
  | { readonly type: 'words'; readonly text: string; readonly acceptedErrorRatio: number }
  /** Of an order: what was asked for. */
  | { readonly type: 'slots'; readonly values: readonly string[] };

/** What the text of a clip is worth; one that is neither right nor wrong teaches nothing. */
export type Label = 'right' | 'unclear' | 'wrong' | 'noise';

/** Every label, from the best text to the worst. */
export const LABELS: readonly Label[] = ['right', 'unclear', 'wrong', 'noise'];

/** An order is right from this share of what was asked for. */
const RIGHT_SLOT_RATIO = 0.5;

/** Judges a text by what was said; words are compared by {@link WHISPER_ENGLISH}. */
export function labelText(text: string, said: Said): Label {
  switch (said.type) {
    case 'nothing':
      return 'noise';
    case 'words': {
      const errors = countWordErrors(said.text, text, WHISPER_ENGLISH);
      return editCount(errors) <= said.acceptedErrorRatio * errors.referenceCount ? 'right' : 'wrong';
    }
    case 'slots': {
      const heard = spaced(text);
      const hitCount = said.values.filter((value) => heard.includes(spaced(value))).length;
      if (hitCount === 0) return 'wrong';
      return hitCount >= RIGHT_SLOT_RATIO * said.values.length ? 'right' : 'unclear';
    }
    default:
      return said satisfies never;
  }
}

/** The words with a space at both ends, so that only whole ones are found. */
function spaced(text: string): string {
  return ` ${WHISPER_ENGLISH.words(text).join(' ')} `;
}
