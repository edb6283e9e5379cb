import type { NumberPlace } from '../../src/numerals/number-place.ts';
import { findNumberRuns } from '../../src/numerals/number-run.ts';

/** A number with the neighbours that it is given. */
export function placeOf(text: string, previous?: string, behind: readonly string[] = []): NumberPlace {
  const [run] = findNumberRuns(text.split(' '));
  return { run: run!, position: 0, previous, behind: () => behind };
}
