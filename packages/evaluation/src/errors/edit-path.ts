import { EvaluationError } from '../evaluation-error.ts';

/** One step from the reference to the hypothesis. */
export type EditStep = 'equal' | 'substitution' | 'deletion' | 'insertion';

/** What is compared: any two numbers that are equal stand for equal words or characters. */
export type Symbols = Int32Array;

/**
 * Most cells of the table in which two texts are compared; two bits each, so 256 MiB. Two texts of 32,000 words that have nothing in common
 * fit, and of 200,000 words when one in a hundred differs.
 */
export const MAXIMUM_CELLS = 2 ** 30;

const STEPS: readonly EditStep[] = ['equal', 'substitution', 'deletion', 'insertion'];
const EQUAL = 0;
const SUBSTITUTION = 1;
const DELETION = 2;
const INSERTION = 3;
// An edit costs this, a substitution one more: fewest edits first, then most equal words. Exact up to 2^22 edits.
const EDIT = 2 ** 22;
const FIRST_BAND = 32;

/**
 * The shortest way from one row of symbols to another: as few edits as possible; of those ways the one with the most equal symbols, so
 * that the numbers of substitutions, deletions and insertions depend on the texts alone; and of those, read from the end, the one that
 * takes an equal symbol before a deletion, a deletion before an insertion, and that before a substitution.
 *
 * Looks only at cells that a way with few edits can pass (Ukkonen 1985), in a band that doubles until it holds the shortest way.
 *
 * @throws {@link EvaluationError} `texts_too_different`, see {@link MAXIMUM_CELLS}
 */
export function shortestEditPath(reference: Symbols, hypothesis: Symbols): EditStep[] {
  const start = commonLength(reference, hypothesis, (symbols, index) => symbols[index]);
  const [rest, otherRest] = [reference.subarray(start), hypothesis.subarray(start)];
  const end = commonLength(rest, otherRest, (symbols, index) => symbols[symbols.length - 1 - index]);
  const middle = pathOf(rest.subarray(0, rest.length - end), otherRest.subarray(0, otherRest.length - end));
  return [...Array<EditStep>(start).fill('equal'), ...middle, ...Array<EditStep>(end).fill('equal')];
}

function commonLength(first: Symbols, second: Symbols, at: (symbols: Symbols, index: number) => number | undefined): number {
  const longest = Math.min(first.length, second.length);
  let length = 0;
  while (length < longest && at(first, length) === at(second, length)) length += 1;
  return length;
}

function pathOf(reference: Symbols, hypothesis: Symbols): EditStep[] {
  const difference = Math.abs(reference.length - hypothesis.length);
  const most = Math.max(reference.length, hypothesis.length);
  const least = Math.max(difference, most - countShared(reference, hypothesis));
  for (let edits = least + FIRST_BAND; ; edits = difference + 2 * (edits - difference)) {
    const path = pathWithin(reference, hypothesis, Math.min(edits, most));
    if (path) return path;
  }
}

/** Symbols that are in both, wherever they stand: every other one takes an edit. */
function countShared(reference: Symbols, hypothesis: Symbols): number {
  const counts = new Map<number, number>();
  for (const symbol of reference) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  let shared = 0;
  for (const symbol of hypothesis) {
    const count = counts.get(symbol) ?? 0;
    if (count > 0) {
      shared += 1;
      counts.set(symbol, count - 1);
    }
  }
  return shared;
}

/** The shortest way when it has at most so many edits. */
function pathWithin(reference: Symbols, hypothesis: Symbols, maximumEdits: number): EditStep[] | undefined {
  const difference = hypothesis.length - reference.length;
  // On diagonal d a way has made |d| insertions or deletions more than the other, and has to make up for difference - d.
  const lowest = -Math.floor((maximumEdits - difference) / 2);
  const width = Math.floor((maximumEdits + difference) / 2) - lowest + 1;
  const cells = (reference.length + 1) * width;
  if (cells > MAXIMUM_CELLS) {
    throw new EvaluationError(
      'texts_too_different',
      `texts of ${reference.length} and ${hypothesis.length} symbols differ too much, split them`,
    );
  }
  const steps = new Uint8Array(Math.ceil(cells / 4));
  const cost = fillTable(reference, hypothesis, { lowest, width, steps });
  return cost < (maximumEdits + 1) * EDIT ? traceBack(reference.length, hypothesis.length, { lowest, width, steps }) : undefined;
}

/** The cells that are looked at, row by row; the column of a cell is its diagonal, counted from the lowest. Two bits for each step. */
interface Band {
  readonly lowest: number;
  readonly width: number;
  readonly steps: Uint8Array;
}

/**
 * Computes every cell from those before it.
 *
 * @returns The cost of the whole.
 */
function fillTable(reference: Symbols, hypothesis: Symbols, { lowest, width, steps }: Band): number {
  // One row is enough: the cell above lies one column to the right, the one before it in the same row one to the left. No way leads through
  // the first and the last place. Plain variables only: this is where the time goes.
  const costs = new Float64Array(width + 2).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row <= reference.length; row += 1) {
    const symbol = reference[row - 1];
    const first = Math.max(0, -row - lowest);
    const last = Math.min(width - 1, hypothesis.length - row - lowest);
    for (let column = first; column <= last; column += 1) {
      const position = row + column + lowest;
      let cost = Number.POSITIVE_INFINITY;
      let step: number = EQUAL;
      if (row === 0 && position === 0) {
        cost = 0;
      } else if (row > 0 && position > 0) {
        const isEqual = hypothesis[position - 1] === symbol;
        cost = (costs[column + 1] as number) + (isEqual ? 0 : EDIT + 1);
        step = isEqual ? EQUAL : SUBSTITUTION;
      }
      const inserted = (costs[column] as number) + EDIT;
      if (position > 0 && (inserted < cost || (inserted === cost && step === SUBSTITUTION))) {
        cost = inserted;
        step = INSERTION;
      }
      const deleted = (costs[column + 2] as number) + EDIT;
      if (row > 0 && (deleted < cost || (deleted === cost && step !== EQUAL))) {
        cost = deleted;
        step = DELETION;
      }
      costs[column + 1] = cost;
      const cell = row * width + column;
      steps[cell >>> 2] = (steps[cell >>> 2] as number) | (step << (2 * (cell & 3)));
    }
    // The next row ends one column earlier; what is left there of this one must not be taken for its own.
    if (last + 1 <= width) costs[last + 2] = Number.POSITIVE_INFINITY;
  }
  return costs[hypothesis.length - reference.length - lowest + 1] ?? Number.POSITIVE_INFINITY;
}

function traceBack(rows: number, columns: number, { lowest, width, steps }: Band): EditStep[] {
  const path: EditStep[] = [];
  for (let [row, position] = [rows, columns]; row > 0 || position > 0; ) {
    const cell = row * width + position - row - lowest;
    const step = ((steps[cell >>> 2] as number) >>> (2 * (cell & 3))) & 3;
    path.push(STEPS[step] as EditStep);
    if (step !== INSERTION) row -= 1;
    if (step !== DELETION) position -= 1;
  }
  return path.reverse();
}
