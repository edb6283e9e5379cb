import { align, WHISPER_ENGLISH } from '@outspoken/evaluation';
import type { TimedWord } from './spoken-words.ts';

/** Times that a recognizer gave, against those that are known. */
export interface WordErrors {
  /** Given less known, in milliseconds. */
  readonly startsMs: readonly number[];
  readonly endsMs: readonly number[];
}

interface HeardWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The errors of the words that were heard right. A heard word that stands for several ("4-2-8") begins with the first and ends with the last.
 */
export function compareTimes(known: readonly TimedWord[], heard: readonly HeardWord[]): WordErrors {
  const said = piecesOf(known);
  const written = piecesOf(heard);
  const knownOf = new Map<number, TimedWord>();
  for (const operation of align(
    said.map(({ text }) => text),
    written.map(({ text }) => text),
  )) {
    const word = operation.type === 'equal' ? said[operation.referenceIndex]?.word : undefined;
    if (operation.type === 'equal' && word) knownOf.set(operation.hypothesisIndex, word);
  }
  const startsMs: number[] = [];
  const endsMs: number[] = [];
  for (const word of heard) {
    const pieces = written.flatMap((piece, index) => (piece.word === word ? [knownOf.get(index)] : []));
    if (pieces.length === 0 || pieces.includes(undefined)) continue;
    const { startMs } = pieces[0] ?? {};
    const { endMs } = pieces.at(-1) ?? {};
    if (startMs !== undefined) startsMs.push(word.startMs - startMs);
    if (endMs !== undefined) endsMs.push(word.endMs - endMs);
  }
  return { startsMs, endsMs };
}

function piecesOf<Word extends { readonly text: string }>(words: readonly Word[]): { readonly text: string; readonly word: Word }[] {
  return words.flatMap((word) => WHISPER_ENGLISH.words(word.text).map((text) => ({ text, word })));
}
