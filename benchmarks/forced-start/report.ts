import type { LogisticModel } from '../support/logistic-regression.ts';
import { formatTable } from '../support/table.ts';
import type { Candidate, Fate, KindCount } from './candidate.ts';
import { PRODUCT_FEATURES } from './features.ts';
import { type KeptRow, THRESHOLDS } from './fit.ts';
import { LABELS, type Label } from './label.ts';

const FATES: readonly Fate[] = ['began', 'refused', 'memorised', 'to decide'];
/** Names of the weights in the manifest, the intercept first. */
export const WEIGHT_NAMES = ['intercept', ...PRODUCT_FEATURES].map((name) => `forcedStart${name[0]?.toUpperCase()}${name.slice(1)}`);

/** Clips by kind: what became of them, and what the texts are worth that are to be decided on. */
export function formatCounts(counts: readonly KindCount[], candidates: readonly Candidate[]): string {
  const labelled = (of: readonly Candidate[]) => LABELS.map((label) => countLabel(of, label));
  const rows = counts.map(({ kind, fates }) => [
    kind,
    ...[total(fates), ...FATES.map((fate) => fates[fate]), ...labelled(candidates.filter((candidate) => candidate.kind === kind))],
  ]);
  const sums = rows[0]?.slice(1).map((_, column) => rows.reduce((sum, row) => sum + Number(row[column + 1]), 0)) ?? [];
  return formatTable([['kind', 'clips', ...FATES, ...LABELS], ...[...rows, ['all', ...sums]].map((row) => row.map(String))]);
}

/** Texts kept from each threshold on: right ones, wrong ones, those of noise. */
export function formatKept(rows: readonly KeptRow[], candidates: readonly Candidate[]): string {
  const [right, wrong, noise] = (['right', 'wrong', 'noise'] as const).map((label) => countLabel(candidates, label));
  const heading = `kept from this probability on: of ${right} right / of ${wrong} wrong / of ${noise} texts of noise`;
  const cells = rows.map(({ name, kept }) => [name, ...kept.map((at) => `${at.right} / ${at.wrong} / ${at.noise}`)]);
  return `${heading}\n${formatTable([['features', ...THRESHOLDS.map(String)], ...cells])}`;
}

/** Weights side by side. */
export function formatWeights(models: Readonly<Record<string, LogisticModel>>): string {
  const columns = Object.values(models).map(({ intercept, weights }) => [intercept, ...weights]);
  const rows = WEIGHT_NAMES.map((name, index) => [name, ...columns.map((column) => (column[index] ?? 0).toFixed(3))]);
  return formatTable([['weight', ...Object.keys(models)], ...rows]);
}

function total(fates: Readonly<Record<Fate, number>>): number {
  return FATES.reduce((sum, fate) => sum + fates[fate], 0);
}

function countLabel(candidates: readonly Candidate[], label: Label): number {
  return candidates.filter((candidate) => candidate.label === label).length;
}
