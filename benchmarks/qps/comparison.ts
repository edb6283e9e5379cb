import { median } from '../support/quantiles.ts';
import type { KneeFigures, QpsResult } from './qps-result.ts';
import type { StepFigures } from './step-figures.ts';

/** Whether two sets of repeats differ: not when they overlap, and nobody knows when one was not repeated. */
type Verdict = 'higher' | 'lower' | 'within noise' | 'one round only';

/** One figure of two runs. */
export interface ComparisonRow {
  readonly what: string;
  /** Medians over rounds. */
  readonly before: number;
  readonly after: number;
  readonly ratio: number;
  readonly verdict: Verdict;
}

type Figure = (step: StepFigures) => number | null | undefined;

const KNEE_FIGURES: Readonly<Record<string, Figure>> = {
  'clips/s': (step) => step.achievedPerSecond,
  'audio s/s': (step) => step.audioSecondsPerSecond,
  'p95 ms': (step) => step.latency?.p95Ms,
  'word error ratio': (step) => step.wordErrorRatio,
  'server cores': (step) => (step.processes.length === 0 ? null : step.processes.reduce((total, { cpuCores }) => total + cpuCores, 0)),
  'server MiB': (step) => (step.processes.length === 0 ? null : step.processes.reduce((total, { memoryMiB }) => total + memoryMiB, 0)),
  'server loop p99 ms': (step) => step.serverLoopDelayP99Ms,
};

const STEP_FIGURES: Readonly<Record<string, Figure>> = {
  'p50 ms': (step) => step.latency?.p50Ms,
  'p95 ms': (step) => step.latency?.p95Ms,
  'p99 ms': (step) => step.latency?.p99Ms,
};

/**
 * Puts two runs side by side: their knees, what was measured there, and the latency at each load that both have tried.
 *
 * Beyond noise is what differs in every round of one run from every round of the other, and by more than a knee is located to.
 */
export function compareResults(before: QpsResult, after: QpsResult): ComparisonRow[] {
  const resolutionRatio = Math.max(resolutionOf(before), resolutionOf(after));
  const rows: (ComparisonRow | undefined)[] = [];
  for (const { target, mode } of distinct(before.knees)) {
    const [earlier, later] = [before, after].map(({ knees }) => knees.filter((knee) => knee.target === target && knee.mode === mode));
    const name = `${target}, ${mode}, knee`;
    rows.push(
      compareFigures(
        name,
        (earlier ?? []).map(({ load }) => load),
        (later ?? []).map(({ load }) => load),
        resolutionRatio,
      ),
    );
    for (const [what, figure] of Object.entries(KNEE_FIGURES)) {
      const valuesOf = (knees: readonly KneeFigures[]) => knees.map(({ step }) => step && figure(step));
      rows.push(compareFigures(`${name}: ${what}`, valuesOf(earlier ?? []), valuesOf(later ?? []), 0));
    }
    for (const load of commonLoads(before, after, target, mode)) {
      const stepsOf = ({ steps }: QpsResult) => steps.filter((step) => step.target === target && step.mode === mode && step.load === load);
      for (const [what, figure] of Object.entries(STEP_FIGURES)) {
        rows.push(compareFigures(`${target}, ${mode}, load ${load}: ${what}`, stepsOf(before).map(figure), stepsOf(after).map(figure), 0));
      }
    }
  }
  return rows.filter((row) => row !== undefined);
}

/** What the two runs do not have in common, so that their figures may differ for another reason than the code. */
export function differingConditions(before: QpsResult, after: QpsResult): string[] {
  const conditions: Readonly<Record<string, (result: QpsResult) => unknown>> = {
    machine: ({ machine }) => `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`,
    data: ({ data }) => `${data.name}, ${data.clips} clips`,
    limits: ({ limits }) => JSON.stringify(limits),
    seed: ({ settings }) => settings['seed'],
  };
  return Object.entries(conditions)
    .filter(([, read]) => read(before) !== read(after))
    .map(([name, read]) => `${name}: ${read(before)} | ${read(after)}`);
}

/** The rows as a table. */
export function formatComparison(rows: readonly ComparisonRow[]): string {
  const cells = rows.map(({ what, before, after, ratio, verdict }) => [
    what,
    format(before),
    format(after),
    Number.isFinite(ratio) ? ratio.toFixed(3) : '-',
    verdict,
  ]);
  const table = [['', 'A', 'B', 'B / A', ''], ...cells];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map(([what = '', ...rest]) =>
      [what.padEnd(widths[0] ?? 0), ...rest.map((cell, index) => cell.padStart(index < 3 ? (widths[index + 1] ?? 0) : 0))]
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function compareFigures(
  what: string,
  before: readonly (number | null | undefined)[],
  after: readonly (number | null | undefined)[],
  resolutionRatio: number,
): ComparisonRow | undefined {
  const [earlier, later] = [before, after].map((values) => values.filter((value) => typeof value === 'number'));
  if (!earlier?.length || !later?.length) {
    return undefined;
  }
  const [a, b] = [median(earlier), median(later)];
  return { what, before: a, after: b, ratio: a === b ? 1 : b / a, verdict: verdictOf(earlier, later, resolutionRatio) };
}

function verdictOf(before: readonly number[], after: readonly number[], resolutionRatio: number): Verdict {
  const isHigher = Math.min(...after) > Math.max(...before) * (1 + resolutionRatio);
  const isLower = Math.max(...after) * (1 + resolutionRatio) < Math.min(...before);
  if (!isHigher && !isLower) {
    return 'within noise';
  }
  if (before.length < 2 || after.length < 2) {
    return 'one round only';
  }
  return isHigher ? 'higher' : 'lower';
}

function commonLoads(before: QpsResult, after: QpsResult, target: string, mode: string): number[] {
  const loadsOf = ({ steps }: QpsResult) => steps.filter((step) => step.target === target && step.mode === mode).map(({ load }) => load);
  const later = new Set(loadsOf(after));
  return [...new Set(loadsOf(before))].filter((load) => later.has(load)).sort((a, b) => a - b);
}

function distinct(knees: readonly KneeFigures[]): KneeFigures[] {
  return knees.filter((knee, index) => knees.findIndex(({ target, mode }) => target === knee.target && mode === knee.mode) === index);
}

function resolutionOf({ settings }: QpsResult): number {
  return Number(settings['resolutionRatio'] ?? 0);
}

function format(value: number): string {
  return String(Number(value.toPrecision(4)));
}
