import type { JudgedConfidence } from './calibration.ts';

/** A value that was seen at a place. */
export interface IsotonicPoint {
  readonly place: number;
  readonly value: number;
  /** Above 0. @defaultValue 1 */
  readonly weight?: number;
}

/** A stretch over which the fit is level. */
export interface IsotonicStep {
  readonly firstPlace: number;
  readonly lastPlace: number;
  /** Weighted mean of the places of its points. */
  readonly meanPlace: number;
  /** Weighted mean of their values. */
  readonly value: number;
  readonly weight: number;
}

/** What a confidence is worth: words of this confidence are right with this probability. Between two knots the line holds. */
export type CalibrationKnot = readonly [confidence: number, rightProbability: number];

/** Options of {@link fitCalibration}. */
export interface CalibrationOptions {
  /** Most knots, at least 1. */
  readonly maximumKnots?: number;
  /** Least share of the weight that a knot stands for, 0-1: fewer words say nothing about others. */
  readonly minimumShareRatio?: number;
}

/** The options of {@link fitCalibration} unless told otherwise. */
export const DEFAULT_CALIBRATION_OPTIONS: Required<CalibrationOptions> = Object.freeze({ maximumKnots: 8, minimumShareRatio: 0.02 });

const KNOT_DIGITS = 4;

/**
 * The non-decreasing function that is nearest to the values in the weighted sum of squares, as its level stretches, in order: neighbours
 * that decrease are pooled until none do (pool adjacent violators; Ayer et al. 1955, doi:10.1214/aoms/1177728423). Points of one place
 * are pooled first, so that their order says nothing.
 *
 * @returns One step at least for each of one or more points; their values increase strictly.
 * @throws RangeError when a place or value is not finite or a weight is not above 0.
 */
export function fitIsotonic(points: readonly IsotonicPoint[]): IsotonicStep[] {
  const sorted = points.map(toStep).sort((first, second) => first.meanPlace - second.meanPlace);
  const tied: IsotonicStep[] = [];
  for (const step of sorted) {
    const last = tied.at(-1);
    if (last?.lastPlace === step.firstPlace) tied[tied.length - 1] = pool(last, step);
    else tied.push(step);
  }
  const steps: IsotonicStep[] = [];
  for (const next of tied) {
    let step = next;
    for (let last = steps.at(-1); last && last.value >= step.value; last = steps.at(-1)) {
      steps.pop();
      step = pool(last, step);
    }
    steps.push(step);
  }
  return steps;
}

/**
 * Learns from judged words with which probability a word of some confidence is right (isotonic calibration; Zadrozny and Elkan 2002,
 * doi:10.1145/775047.775151). Of the steps of the fit those are pooled that change it least, until few are left; each gives one knot, in
 * its middle.
 *
 * @returns Knots whose confidences and probabilities increase strictly, none of them 0 or 1: a model that was right in all words that
 *   it was sure of may still be wrong in the next, so a probability stays as far from certainty as one word more would put it.
 * @throws RangeError when there is no word, a confidence is not from 0 to 1, or an option is out of range.
 */
export function fitCalibration(
  judged: readonly (JudgedConfidence & { readonly weight?: number })[],
  options: CalibrationOptions = {},
): CalibrationKnot[] {
  const { maximumKnots, minimumShareRatio } = { ...DEFAULT_CALIBRATION_OPTIONS, ...options };
  if (!Number.isInteger(maximumKnots) || maximumKnots < 1) throw new RangeError(`maximumKnots must be at least 1, got ${maximumKnots}`);
  if (!(minimumShareRatio >= 0 && minimumShareRatio <= 1)) throw new RangeError(`minimumShareRatio must be 0-1, got ${minimumShareRatio}`);
  if (judged.length === 0) throw new RangeError('judged must hold at least one word');
  const outside = judged.find(({ confidence }) => !(confidence >= 0 && confidence <= 1));
  if (outside) throw new RangeError(`confidence must be 0-1, got ${outside.confidence}`);
  const steps = fitIsotonic(judged.map(({ confidence, isRight, weight = 1 }) => ({ place: confidence, value: isRight ? 1 : 0, weight })));
  const totalWeight = steps.reduce((sum, { weight }) => sum + weight, 0);
  const few = poolCheapest(steps, { maximumKnots, minimumWeight: minimumShareRatio * totalWeight });
  return toKnots(few, 1 / (totalWeight + 2));
}

function toStep({ place, value, weight = 1 }: IsotonicPoint): IsotonicStep {
  if (!Number.isFinite(place) || !Number.isFinite(value)) throw new RangeError(`place and value must be finite, got ${place} and ${value}`);
  if (!(weight > 0 && Number.isFinite(weight))) throw new RangeError(`weight must be a number above 0, got ${weight}`);
  return { firstPlace: place, lastPlace: place, meanPlace: place, value, weight };
}

function pool(first: IsotonicStep, second: IsotonicStep): IsotonicStep {
  const weight = first.weight + second.weight;
  const mean = (one: number, other: number): number => (first.weight * one + second.weight * other) / weight;
  return {
    firstPlace: first.firstPlace,
    lastPlace: second.lastPlace,
    meanPlace: mean(first.meanPlace, second.meanPlace),
    value: mean(first.value, second.value),
    weight,
  };
}

/** By how much the sum of squares grows when two steps become one. */
function costOf(first: IsotonicStep, second: IsotonicStep): number {
  return ((first.weight * second.weight) / (first.weight + second.weight)) * (first.value - second.value) ** 2;
}

/** Pools neighbours, the cheapest first: those that a step of too little weight has, then any until there are few enough. */
function poolCheapest(
  steps: readonly IsotonicStep[],
  { maximumKnots, minimumWeight }: { readonly maximumKnots: number; readonly minimumWeight: number },
): IsotonicStep[] {
  const pooled = [...steps];
  for (;;) {
    const isTooMany = pooled.length > maximumKnots;
    let cheapest: { readonly index: number; readonly cost: number } | undefined;
    for (let index = 0; index + 1 < pooled.length; index += 1) {
      const [first, second] = [pooled[index], pooled[index + 1]];
      if (!first || !second || !(isTooMany || Math.min(first.weight, second.weight) < minimumWeight)) continue;
      const cost = costOf(first, second);
      if (!cheapest || cost < cheapest.cost) cheapest = { index, cost };
    }
    const [first, second] = cheapest ? [pooled[cheapest.index], pooled[cheapest.index + 1]] : [];
    if (!cheapest || !first || !second) return pooled;
    pooled.splice(cheapest.index, 2, pool(first, second));
  }
}

/** Rounded, since more digits say nothing; what rounding makes equal is one knot. */
function toKnots(steps: readonly IsotonicStep[], margin: number): CalibrationKnot[] {
  const smallest = 10 ** -KNOT_DIGITS;
  const bound = Math.max(margin, smallest);
  const knots: CalibrationKnot[] = [];
  for (const { meanPlace, value } of steps) {
    const knot = [round(bounded(meanPlace, smallest)), round(bounded(value, bound))] as const;
    const last = knots.at(-1);
    if (!last || (knot[0] > last[0] && knot[1] > last[1])) knots.push(knot);
  }
  return knots;
}

function bounded(value: number, margin: number): number {
  return Math.min(Math.max(value, margin), 1 - margin);
}

function round(value: number): number {
  return Number(value.toFixed(KNOT_DIGITS));
}
