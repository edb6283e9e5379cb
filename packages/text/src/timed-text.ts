/** One word with its place in the sound. */
export interface TimedWord {
  /** The word with its punctuation. */
  readonly text: string;
  /** How sure the recognizer is of it, 0 to 1. */
  readonly confidence: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** A text and the words that it is made of: joined with single spaces they are the text. */
export interface TimedText<Word extends TimedWord = TimedWord> {
  readonly text: string;
  /** May be empty where nobody knows when the words were said. */
  readonly words: readonly Word[];
}

/** The words of a text, for one that comes without. */
export function splitText(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}
