import { solveLinearSystem } from './linear-system.ts';

/** One observation of a yes or no. */
export interface Example {
  readonly features: readonly number[];
  readonly isPositive: boolean;
  /** How many plain examples it counts as. */
  readonly weight: number;
}

/** Log odds of yes: the intercept and a weight for each feature. */
export interface LogisticModel {
  readonly intercept: number;
  readonly weights: readonly number[];
}

const RIDGE = 1;
const MAXIMUM_STEPS = 100;
const SMALLEST_STEP = 1e-10;
const MAXIMUM_HALVINGS = 40;

/**
 * Fits by Newton's method: the likelihood of the weighted examples, less half the square of each weight where every feature has mean 0
 * and deviation 1, so that the unit of a feature is no matter and no weight grows without end where the examples are separable.
 *
 * @throws RangeError when there are no examples.
 */
export function fitLogisticRegression(examples: readonly Example[]): LogisticModel {
  if (examples.length === 0) throw new RangeError('a fit needs examples, got none');
  const scales = scalesOf(examples);
  const rows = examples.map(({ features, isPositive, weight }) => ({
    inputs: [1, ...features.map((value, index) => (value - (scales[index]?.mean ?? 0)) / (scales[index]?.deviation ?? 1))],
    isPositive,
    weight,
  }));
  let coefficients: readonly number[] = new Array(scales.length + 1).fill(0);
  for (let step = 0; step < MAXIMUM_STEPS; step += 1) {
    const direction = newtonDirection(rows, coefficients);
    const next = stepDown(rows, coefficients, direction);
    const change = Math.max(...next.map((value, index) => Math.abs(value - (coefficients[index] ?? 0))));
    coefficients = next;
    if (change < SMALLEST_STEP) break;
  }
  const [base = 0, ...standardised] = coefficients;
  const weights = standardised.map((value, index) => value / (scales[index]?.deviation ?? 1));
  return { intercept: base - weights.reduce((sum, weight, index) => sum + weight * (scales[index]?.mean ?? 0), 0), weights };
}

/** Probability of yes. */
export function probabilityOf(model: LogisticModel, features: readonly number[]): number {
  return logistic(model.intercept + model.weights.reduce((sum, weight, index) => sum + weight * (features[index] ?? 0), 0));
}

interface Row {
  /** A one for the intercept, then the features in their standard form. */
  readonly inputs: readonly number[];
  readonly isPositive: boolean;
  readonly weight: number;
}

function scalesOf(examples: readonly Example[]): { readonly mean: number; readonly deviation: number }[] {
  return (examples[0]?.features ?? []).map((_, index) => {
    const values = examples.map(({ features }) => features[index] ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    // A feature that never changes says nothing and gets no weight, whatever it is divided by.
    return { mean, deviation: deviation || 1 };
  });
}

function newtonDirection(rows: readonly Row[], coefficients: readonly number[]): number[] {
  const size = coefficients.length;
  const gradient: number[] = coefficients.map((value, index) => (index === 0 ? 0 : RIDGE * value));
  const curvature: number[][] = coefficients.map((_, row) => coefficients.map((__, column) => (row === column && row > 0 ? RIDGE : 0)));
  for (const { inputs, isPositive, weight } of rows) {
    const probability = logistic(dot(coefficients, inputs));
    const slope = weight * (probability - (isPositive ? 1 : 0));
    const bend = weight * probability * (1 - probability);
    for (let row = 0; row < size; row += 1) {
      const input = inputs[row] ?? 0;
      gradient[row] = (gradient[row] ?? 0) + slope * input;
      const line = curvature[row] ?? [];
      for (let column = 0; column < size; column += 1) line[column] = (line[column] ?? 0) + bend * input * (inputs[column] ?? 0);
    }
  }
  return solveLinearSystem(
    curvature,
    gradient.map((value) => -value),
  );
}

/** A whole step, or as much of it as makes the loss less. */
function stepDown(rows: readonly Row[], coefficients: readonly number[], direction: readonly number[]): readonly number[] {
  const loss = lossOf(rows, coefficients);
  for (let halving = 0, size = 1; halving < MAXIMUM_HALVINGS; halving += 1, size /= 2) {
    const next = coefficients.map((value, index) => value + size * (direction[index] ?? 0));
    if (lossOf(rows, next) < loss) return next;
  }
  return coefficients;
}

function lossOf(rows: readonly Row[], coefficients: readonly number[]): number {
  const penalty = coefficients.slice(1).reduce((sum, value) => sum + value * value, 0);
  return rows.reduce(
    (sum, { inputs, isPositive, weight }) => {
      const logOdds = dot(coefficients, inputs);
      return sum + weight * softplus(isPositive ? -logOdds : logOdds);
    },
    (RIDGE * penalty) / 2,
  );
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** log(1 + e^x) without overflow. */
function softplus(value: number): number {
  return Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
}
