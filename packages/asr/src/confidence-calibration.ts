import type { Effort } from './effort.ts';

/** A knot of a calibration: words that a model gives this probability are right with that one. Between two knots the line holds. */
export type ConfidenceKnot = readonly [modelProbability: number, rightProbability: number];

/** What the probabilities of a model are worth, measured for each effort; an effort that nobody has measured has none. */
export type ConfidenceCalibration = Readonly<Partial<Record<Effort, readonly ConfidenceKnot[]>>>;

/**
 * How probable it is that a word is right.
 *
 * @param modelProbability - What the model says of the word, 0-1.
 * @param knots - Increasing in both; below the first and above the last its own probability holds. None leave the probability as it is.
 */
export function calibrateConfidence(modelProbability: number, knots: readonly ConfidenceKnot[] = []): number {
  const [first] = knots;
  if (!first) return modelProbability;
  let [lowFrom, lowTo] = first;
  if (modelProbability <= lowFrom) return lowTo;
  for (const [highFrom, highTo] of knots) {
    if (modelProbability <= highFrom) return lowTo + ((modelProbability - lowFrom) / (highFrom - lowFrom)) * (highTo - lowTo);
    [lowFrom, lowTo] = [highFrom, highTo];
  }
  return lowTo;
}

/**
 * Checks the knots of a model's manifest.
 *
 * @throws RangeError when a number is not between 0 and 1, both left out, or the knots of an effort do not increase.
 */
export function checkCalibration(calibration: ConfidenceCalibration): ConfidenceCalibration {
  for (const [effort, knots] of Object.entries(calibration)) {
    for (const [index, knot] of knots.entries()) {
      if (knot.length !== 2 || !knot.every((value) => value > 0 && value < 1)) {
        throw new RangeError(`wordConfidence of ${effort} must hold pairs of numbers between 0 and 1, got ${JSON.stringify(knot)}`);
      }
      const before = knots[index - 1];
      if (before && !(knot[0] > before[0] && knot[1] >= before[1])) {
        throw new RangeError(`wordConfidence of ${effort} must increase, got ${JSON.stringify(knot)} after ${JSON.stringify(before)}`);
      }
    }
  }
  return calibration;
}
