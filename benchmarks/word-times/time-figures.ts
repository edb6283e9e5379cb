import { median, quantile, sum } from '../support/quantiles.ts';
import { formatMarkdownTable } from '../support/table.ts';
import type { WordErrors } from './word-errors.ts';

/** The errors of one passage. */
export interface PassageErrors extends WordErrors {
  readonly kind: string;
  readonly speaker: string;
}

const FAR_QUANTILE = 0.9;
const LIMITS_MS = [50, 100];
// Beyond this a time is wrong, and how wrong says nothing about the others.
const WRONG_MS = 200;

/** By kind and way: how many times, median and 90th percentile of starts and ends, and the share of both within some limits. */
export function formatErrors(ways: Readonly<Record<string, readonly PassageErrors[]>>): string {
  const head = ['kind', 'times', 'n', 'start median', 'start p90', 'end median', 'end p90', ...LIMITS_MS.map((limit) => `≤ ${limit} ms`)];
  const rows = kindsOf(Object.values(ways).flat()).flatMap((kind) =>
    Object.entries(ways).map(([way, passages]) => {
      const { starts, ends } = absolute(passages.filter((passage) => passage.kind === kind));
      const all = [...starts, ...ends];
      return [
        kind,
        way,
        String(all.length),
        ...[starts, ends].flatMap((errors) => [median(errors), quantile(errors, FAR_QUANTILE)].map((error) => error.toFixed(0))),
        ...LIMITS_MS.map((limit) => `${((100 * all.filter((error) => error <= limit).length) / all.length).toFixed(0)} %`),
      ];
    }),
  );
  return formatMarkdownTable([head, ...rows]);
}

/**
 * The mean cost of each choice, over kinds, and that of choosing for each speaker what is best for the others.
 *
 * @param choices - The errors of the same passages by what may be chosen.
 */
export function heldOutCosts(choices: Readonly<Record<string, readonly PassageErrors[]>>): {
  readonly rows: string[][];
  readonly chosen: string;
} {
  const all = Object.entries(choices);
  const speakers = [...new Set(all[0]?.[1].map(({ speaker }) => speaker))];
  const chosen = new Map<string, number>();
  const heldOut = speakers.flatMap((speaker) => {
    const costs = all.map(([, passages]) => costOf(passages.filter((passage) => passage.speaker !== speaker)));
    const [name = '', passages = []] = all[costs.indexOf(Math.min(...costs))] ?? [];
    chosen.set(name, (chosen.get(name) ?? 0) + 1);
    return passages.filter((passage) => passage.speaker === speaker);
  });
  return {
    rows: [
      ['heads', 'cost'],
      ...all.map(([name, passages]) => [name, costOf(passages).toFixed(1)]),
      ['held-out choice', costOf(heldOut).toFixed(1)],
    ],
    chosen: [...chosen].map(([name, count]) => `${name} (${count} of ${speakers.length})`).join(', '),
  };
}

function costOf(passages: readonly PassageErrors[]): number {
  const costs = kindsOf(passages).map((kind) => {
    const { starts, ends } = absolute(passages.filter((passage) => passage.kind === kind));
    const errors = [...starts, ...ends].map((error) => Math.min(error, WRONG_MS));
    return sum(errors) / errors.length;
  });
  return sum(costs) / costs.length;
}

function absolute(passages: readonly PassageErrors[]): { readonly starts: number[]; readonly ends: number[] } {
  return {
    starts: passages.flatMap(({ startsMs }) => startsMs.map(Math.abs)),
    ends: passages.flatMap(({ endsMs }) => endsMs.map(Math.abs)),
  };
}

function kindsOf(passages: readonly PassageErrors[]): string[] {
  return [...new Set(passages.map(({ kind }) => kind))];
}
