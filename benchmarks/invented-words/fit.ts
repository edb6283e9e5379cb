import { type GroupedExample, heldOutProbabilities } from '../forced-start/folds.ts';
import { fitLogisticRegression, type LogisticModel, probabilityOf } from '../support/logistic-regression.ts';
import { FEATURE_SETS, type Feature, featuresOf, PRODUCT_FEATURES } from './features.ts';
import type { HeardText } from './heard-text.ts';
import type { Label } from './label.ts';

/** Probabilities from which a text is believed, of which the product takes 0.5. */
export const THRESHOLDS = [0.2, 0.35, 0.5, 0.65];

/** What a rule leaves out, of the texts that began by themselves. */
export interface LossRow {
  readonly name: string;
  readonly at: readonly Loss[];
}

interface Loss {
  readonly threshold: number;
  /** Right texts of one or two words that are lost. */
  readonly short: number;
  /** All right texts that are lost. */
  readonly right: number;
  /** Invented texts that are kept. */
  readonly invented: number;
}

// So that the product's 0.5 is where, held out, twenty times the right texts that are lost and the invented ones that stay are fewest. A
// wrong text was speech all the same: it counts a little, so that the weights do not learn to keep it.
const WEIGHTS: Readonly<Partial<Record<Label, number>>> = { right: 1, wrong: 0.5, invented: 1 };
const FOLD_COUNT = 8;
const SHORT_WORDS = 2;

/** Whether a text is one to decide on: it began by itself. */
export function isUnforced({ text, guards }: Pick<HeardText, 'text' | 'guards'>): boolean {
  return text !== '' && !guards.includes('forced_start');
}

/** Whether a text is right and of one or two words. */
export function isShortRight({ label, saidWordCount }: HeardText): boolean {
  return label === 'right' && saidWordCount > 0 && saidWordCount <= SHORT_WORDS;
}

/** For each set of features: what is lost and kept by models that have not seen the speaker or the kind of noise. */
export function compareFeatureSets(texts: readonly HeardText[]): LossRow[] {
  const taught = texts.filter(isTaught);
  return Object.entries(FEATURE_SETS).map(([name, features]) =>
    lossRow(name, taught, heldOutProbabilities(toExamples(taught, features), FOLD_COUNT)),
  );
}

/** The weights for the manifest, in the order of {@link PRODUCT_FEATURES}, from all there is. */
export function fitProduct(texts: readonly HeardText[]): LogisticModel {
  return fitLogisticRegression(toExamples(texts.filter(isTaught), PRODUCT_FEATURES));
}

/** What some weights leave out of the very texts that they may have been fitted to. */
export function lossesOf(name: string, model: LogisticModel, texts: readonly HeardText[]): LossRow {
  const taught = texts.filter(isTaught);
  return lossRow(
    name,
    taught,
    taught.map((text) => beliefIn(text, model)),
  );
}

/** How probable it is that a text was said, by the features of the product. */
export function beliefIn(text: HeardText, model: LogisticModel): number {
  return probabilityOf(model, valuesOf(text, PRODUCT_FEATURES));
}

function isTaught(text: HeardText): boolean {
  return isUnforced(text) && WEIGHTS[text.label] !== undefined;
}

function toExamples(texts: readonly HeardText[], features: readonly Feature[]): GroupedExample[] {
  return texts.map((text) => ({
    group: text.group,
    features: valuesOf(text, features),
    isPositive: text.label !== 'invented',
    weight: WEIGHTS[text.label] ?? 0,
  }));
}

function valuesOf(text: HeardText, features: readonly Feature[]): number[] {
  const values = featuresOf(text);
  return features.map((feature) => values[feature]);
}

function lossRow(name: string, texts: readonly HeardText[], probabilities: readonly number[]): LossRow {
  const at = THRESHOLDS.map((threshold) => {
    const isKept = (index: number): boolean => (probabilities[index] ?? 0) >= threshold;
    return {
      threshold,
      short: texts.filter((text, index) => isShortRight(text) && !isKept(index)).length,
      right: texts.filter(({ label }, index) => label === 'right' && !isKept(index)).length,
      invented: texts.filter(({ label }, index) => label === 'invented' && isKept(index)).length,
    };
  });
  return { name, at };
}
