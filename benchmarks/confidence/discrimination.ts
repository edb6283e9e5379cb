import type { JudgedConfidence } from '@outspoken/evaluation';

/** Mean square of the distance between confidence and truth (Brier 1950): calibration and discrimination in one figure, 0 at best. */
export function brierScore(judged: readonly JudgedConfidence[]): number {
  return judged.reduce((sum, { confidence, isRight }) => sum + (confidence - (isRight ? 1 : 0)) ** 2, 0) / judged.length;
}

/**
 * Area under the receiver operating characteristic: the probability that a right word has a higher confidence than a wrong one, where
 * equal ones count half (Mann and Whitney). 0.5 says nothing, 1 tells all; NaN where all words are right or all wrong.
 */
export function areaUnderRoc(judged: readonly JudgedConfidence[]): number {
  const sorted = judged.toSorted((first, second) => first.confidence - second.confidence);
  let pairsInOrder = 0;
  let wrongBelow = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (end < sorted.length && sorted[end]?.confidence === sorted[start]?.confidence) end += 1;
    const equal = sorted.slice(start, end);
    const right = equal.filter(({ isRight }) => isRight).length;
    const wrong = equal.length - right;
    pairsInOrder += right * (wrongBelow + wrong / 2);
    wrongBelow += wrong;
    start = end;
  }
  return pairsInOrder / (wrongBelow * (judged.length - wrongBelow));
}
