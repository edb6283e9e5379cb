import { type Example, fitLogisticRegression, probabilityOf } from '../support/logistic-regression.ts';

/** An example that must not teach how to judge others of its group. */
export interface GroupedExample extends Example {
  /** A speaker, or a kind of noise. */
  readonly group: string;
}

/**
 * Deals the groups out to folds: those of the positive examples first, then the others, so that each fold gets of both what there is.
 *
 * @returns The fold of each group, from 0.
 */
export function dealGroups(examples: readonly GroupedExample[], foldCount: number): ReadonlyMap<string, number> {
  const groupsOf = (isPositive: boolean): string[] =>
    [...new Set(examples.filter((example) => example.isPositive === isPositive).map(({ group }) => group))].sort();
  const groups = [...new Set([...groupsOf(true), ...groupsOf(false)])];
  return new Map(groups.map((group, place) => [group, place % foldCount]));
}

/** The probability of each example by a model that was fitted without the fold of its group. */
export function heldOutProbabilities(examples: readonly GroupedExample[], foldCount: number): number[] {
  const foldOf = dealGroups(examples, foldCount);
  const models = Array.from({ length: foldCount }, (_, fold) => {
    const others = examples.filter(({ group }) => foldOf.get(group) !== fold);
    return others.length === 0 || others.length === examples.length ? undefined : fitLogisticRegression(others);
  });
  return examples.map(({ group, features }) => {
    const model = models[foldOf.get(group) ?? 0];
    if (!model) throw new RangeError('cross-validation needs examples of two groups at least');
    return probabilityOf(model, features);
  });
}
