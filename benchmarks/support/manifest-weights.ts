import { readModelManifest } from '@outspoken/models';
import type { LogisticModel } from './logistic-regression.ts';

/**
 * The weights of a decision of the product, from the manifest of its model.
 *
 * @param names - Of the parameters; the intercept is the first.
 */
export function readManifestWeights(names: readonly string[]): LogisticModel {
  const { parameters } = readModelManifest('moonshine-tiny');
  const [intercept = Number.NaN, ...weights] = names.map((name) => parameters[name] ?? Number.NaN);
  return { intercept, weights };
}
