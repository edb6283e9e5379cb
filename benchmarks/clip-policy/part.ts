import type { Group, Item } from '../accuracy/material.ts';
import type { Bench } from './bench.ts';

/** One table of the document. */
export interface Part {
  /** For `--only`. */
  readonly name: string;
  /** What is in it. */
  readonly title: string;
  readonly groups: readonly Group[];
  /** Its text, in Markdown. */
  measure(bench: Bench, items: readonly Item[]): Promise<string>;
}
