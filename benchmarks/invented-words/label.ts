import { align, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { labelText as labelSpoken, type Said as SpokenSaid } from '../forced-start/label.ts';

/** What is said in a sound. */
export type Said =
  | SpokenSaid
  /** By each of several people, nobody louder than the others. */
  | { readonly type: 'babble'; readonly texts: readonly string[] };

/**
 * What a text is worth: `right` what was said, `wrong` not that, but something was; `invented` nobody said it; `overheard` words of one of
 * several people who speak at once. One that is `unclear` teaches nothing.
 */
export type Label = 'right' | 'unclear' | 'wrong' | 'overheard' | 'invented';

/** Most of a text that was overheard is what one of the talkers said, in that order; by chance fewer words of a sentence are. */
const OVERHEARD_RATIO = 0.5;
const OVERHEARD_WORDS = 3;

/**
 * Judges the text of a clip by what was said in its recording; words are compared by {@link WHISPER_ENGLISH}. A clip may hold a part of the
 * recording: of what was said as words, none has to be in it, and the share of its own words that were not said decides.
 */
export function labelText(text: string, said: Said): Label {
  switch (said.type) {
    case 'nothing':
      return 'invented';
    case 'babble':
      return said.texts.some((spoken) => isOverheard(text, spoken)) ? 'overheard' : 'invented';
    case 'words': {
      const { saidCount, heardCount } = countSaid(text, said.text);
      return heardCount > 0 && heardCount - saidCount <= said.acceptedErrorRatio * heardCount ? 'right' : 'wrong';
    }
    case 'slots': {
      const label = labelSpoken(text, said);
      return label === 'noise' ? 'invented' : label;
    }
    default:
      return said satisfies never;
  }
}

function isOverheard(text: string, spoken: string): boolean {
  const { saidCount, heardCount } = countSaid(text, spoken);
  return saidCount >= OVERHEARD_WORDS && saidCount >= OVERHEARD_RATIO * heardCount;
}

/** How many words were heard, and how many of them were said, in that order. */
function countSaid(text: string, spoken: string): { readonly saidCount: number; readonly heardCount: number } {
  const words = WHISPER_ENGLISH.words(text);
  const saidCount = align(WHISPER_ENGLISH.words(spoken), words).filter(({ type }) => type === 'equal').length;
  return { saidCount, heardCount: words.length };
}
