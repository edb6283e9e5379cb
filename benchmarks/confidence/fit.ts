import { type ConfidenceKnot, calibrateConfidence, type Effort } from '@outspoken/asr';
import { expectedCalibrationError, fitCalibration, type JudgedConfidence } from '@outspoken/evaluation';
import { areaUnderRoc, brierScore } from './discrimination.ts';
import type { HeardWord } from './hearing.ts';

/** Ways to make one figure of the probabilities of the tokens of a word. */
export const FEATURES = {
  product: (of) => of.reduce((product, value) => product * value, 1),
  minimum: (of) => Math.min(...of),
  'geometric mean': (of) => of.reduce((product, value) => product * value, 1) ** (1 / of.length),
} as const satisfies Readonly<Record<string, (tokenProbabilities: readonly number[]) => number>>;
export type Feature = keyof typeof FEATURES;
/** The one that the recognizer takes. */
export const PRODUCT_FEATURE: Feature = 'product';

/** How much confidences are worth. */
export interface Worth {
  readonly words: number;
  readonly rightRatio: number;
  readonly meanConfidence: number;
  /** In ten and in fifteen bins of as many words. */
  readonly expectedError: number;
  readonly expectedErrorOf15: number;
  readonly brier: number;
  readonly areaUnderRoc: number;
}

/** A word with its confidence. */
export type RatedWord = HeardWord & JudgedConfidence;

/** The words with what the model itself says of them. */
export function rate(words: readonly HeardWord[], feature: Feature = PRODUCT_FEATURE): RatedWord[] {
  return words.map((word) => ({ ...word, confidence: FEATURES[feature](word.tokenProbabilities) }));
}

/** The knots of an effort, from all words of it. */
export function fitKnots(words: readonly HeardWord[], effort: Effort): ConfidenceKnot[] {
  return fitCalibration(rate(words.filter((word) => word.effort === effort)));
}

/** The words, all of one effort, each calibrated by what was learned from the other speakers. */
export function calibrateHeldOut(rated: readonly RatedWord[]): RatedWord[] {
  const speakers = [...new Set(rated.map(({ speaker }) => speaker))];
  if (speakers.length < 2) throw new RangeError('cross-validation needs words of two speakers at least');
  const knotsOf = new Map(speakers.map((one) => [one, fitCalibration(rated.filter(({ speaker }) => speaker !== one))]));
  return rated.map((word) => ({ ...word, confidence: calibrateConfidence(word.confidence, knotsOf.get(word.speaker)) }));
}

/** What the confidences of some words are worth. */
export function worthOf(judged: readonly JudgedConfidence[]): Worth {
  return {
    words: judged.length,
    rightRatio: judged.filter(({ isRight }) => isRight).length / judged.length,
    meanConfidence: judged.reduce((sum, { confidence }) => sum + confidence, 0) / judged.length,
    expectedError: expectedCalibrationError(judged),
    expectedErrorOf15: expectedCalibrationError(judged, 15),
    brier: brierScore(judged),
    areaUnderRoc: areaUnderRoc(judged),
  };
}
