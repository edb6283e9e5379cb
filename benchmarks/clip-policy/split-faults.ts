import { align, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { jointTexts } from '../support/joined-text.ts';
import type { Cut } from './bench.ts';

/** What went wrong with the words on both sides of the places where speech was split. */
export interface SplitFaults {
  readonly splits: number;
  /** Splits whose parts ended and began with the same words, which are joined to one. */
  readonly twice: number;
  /** Words too many: said once, written twice, or made of half a word. */
  readonly added: number;
  readonly lost: number;
  readonly wrong: number;
}

/** Words on each side of a split that it may have to do with. */
const NEAR_WORDS = 2;

/** Counts the errors in the two words before and after each split. */
export function faultsAtSplits(cut: Cut): SplitFaults {
  const texts = jointTexts(cut.clips.map(({ transcript, continues }) => ({ text: transcript.text, continues })));
  const words: string[] = [];
  const splits: number[] = [];
  let twice = 0;
  for (const [index, { transcript, continues }] of cut.clips.entries()) {
    const text = texts[index] ?? '';
    if (text.length < transcript.text.length) twice += 1;
    words.push(...WHISPER_ENGLISH.words(text));
    if (continues) splits.push(words.length);
  }
  const faults = { splits: splits.length, twice, added: 0, lost: 0, wrong: 0 };
  let position = 0;
  for (const operation of align(WHISPER_ENGLISH.words(cut.source.item.text ?? ''), words)) {
    // A word that is not there lies between two that are.
    const reach = operation.type === 'deletion' ? NEAR_WORDS - 1 : NEAR_WORDS;
    const isNear = splits.some(
      (split) => position >= split - reach && position < split + (operation.type === 'deletion' ? NEAR_WORDS : reach),
    );
    if (isNear) {
      if (operation.type === 'insertion') faults.added += 1;
      else if (operation.type === 'deletion') faults.lost += 1;
      else if (operation.type === 'substitution') faults.wrong += 1;
    }
    if (operation.type !== 'deletion') position += 1;
  }
  return faults;
}
