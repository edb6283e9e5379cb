import type { NumberRun } from './number-run.ts';

const LEAST_GROUPED = 10_000;

/** A number in its sentence. */
export interface NumberPlace {
  readonly run: NumberRun;
  /** Where in the run it begins. */
  readonly position: number;
  /** The word before it, as it is written; undefined where there is none, or punctuation between them. */
  readonly previous: string | undefined;
  /** Up to two words behind a number that ends before the meaning `end`. */
  readonly behind: (end: number) => readonly string[];
}

/** What is made of a number. */
export interface NumberReading {
  /** The first meaning behind it. */
  readonly end: number;
  /** How it is written; absent where it stays as it is. */
  readonly text?: string;
  /** The first meaning that is not part of {@link text}, where some of the words stay. */
  readonly writtenEnd?: number;
  /** Whether the "a" before it goes as well. */
  readonly takesArticle?: boolean;
}

/** Thousands are set apart where a number is long enough to need it: 43,198. */
export function formatInteger(value: number): string {
  return value < LEAST_GROUPED ? String(value) : String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
