import { fitLogisticRegression, type LogisticModel, probabilityOf } from '../support/logistic-regression.ts';
import type { Candidate } from './candidate.ts';
import { FEATURE_SETS, type Feature, featuresOf, PRODUCT_FEATURES } from './features.ts';
import { type GroupedExample, heldOutProbabilities } from './folds.ts';
import type { Label } from './label.ts';

/** Probabilities from which a text is believed, of which the product takes 0.5. */
export const THRESHOLDS = [0.2, 0.35, 0.5, 0.65];

/** How many texts of each label are kept from each threshold on. */
export interface KeptRow {
  readonly name: string;
  readonly kept: readonly { readonly threshold: number; readonly right: number; readonly wrong: number; readonly noise: number }[];
}

type TaughtLabel = Exclude<Label, 'unclear'>;
type TaughtCandidate = Candidate & { readonly label: TaughtLabel };

// Of noise there is little, and a text that nobody said is worse than one that is missing. A wrong text of speech was speech: it counts as
// such, but only a little, so that the weights do not learn to keep it.
const WEIGHTS: Readonly<Record<TaughtLabel, number>> = { right: 1, wrong: 0.2, noise: 5 };
const FOLD_COUNT = 8;

/** For each set of features: what is kept by models that have not seen the speaker or the kind of noise. */
export function compareFeatureSets(candidates: readonly Candidate[]): KeptRow[] {
  const taught = candidates.filter(isTaught);
  return Object.entries(FEATURE_SETS).map(([name, features]) => {
    return keptRow(name, taught, heldOutProbabilities(toExamples(taught, features), FOLD_COUNT));
  });
}

/**
 * The weights for the manifest, in the order of {@link PRODUCT_FEATURES}, from all there is.
 *
 * @param features - Some of the product's: the others get no weight.
 */
export function fitProduct(candidates: readonly Candidate[], features: readonly Feature[] = PRODUCT_FEATURES): LogisticModel {
  const { intercept, weights } = fitLogisticRegression(toExamples(candidates.filter(isTaught), features));
  return { intercept, weights: PRODUCT_FEATURES.map((feature) => weights[features.indexOf(feature)] ?? 0) };
}

/** What some weights keep of the very texts that they may have been fitted to. */
export function keptBy(name: string, model: LogisticModel, candidates: readonly Candidate[]): KeptRow {
  const taught = candidates.filter(isTaught);
  return keptRow(
    name,
    taught,
    toExamples(taught, PRODUCT_FEATURES).map(({ features }) => probabilityOf(model, features)),
  );
}

/** How probable it is that a text was said, by the features of the product. */
export function beliefIn(candidate: Candidate, model: LogisticModel): number {
  return probabilityOf(model, valuesOf(candidate, PRODUCT_FEATURES));
}

function isTaught(candidate: Candidate): candidate is TaughtCandidate {
  return candidate.label !== 'unclear';
}

function toExamples(candidates: readonly TaughtCandidate[], features: readonly Feature[]): GroupedExample[] {
  return candidates.map((candidate) => ({
    group: candidate.group,
    features: valuesOf(candidate, features),
    isPositive: candidate.label !== 'noise',
    weight: WEIGHTS[candidate.label],
  }));
}

function valuesOf(candidate: Candidate, features: readonly Feature[]): number[] {
  const values = featuresOf(candidate);
  return features.map((feature) => values[feature]);
}

function keptRow(name: string, candidates: readonly TaughtCandidate[], probabilities: readonly number[]): KeptRow {
  const kept = THRESHOLDS.map((threshold) => {
    const count = (label: TaughtLabel) =>
      candidates.filter((candidate, index) => candidate.label === label && (probabilities[index] ?? 0) >= threshold).length;
    return { threshold, right: count('right'), wrong: count('wrong'), noise: count('noise') };
  });
  return { name, kept };
}
