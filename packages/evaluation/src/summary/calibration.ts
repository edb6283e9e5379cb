/** How sure a recognizer was of a word, and whether the word was right. */
export interface JudgedConfidence {
  /** 0 to 1. */
  readonly confidence: number;
  readonly isRight: boolean;
}

/** Words of about the same confidence. */
export interface CalibrationBin {
  readonly count: number;
  readonly meanConfidence: number;
  /** Share of the words that were right, 0 to 1. */
  readonly rightRatio: number;
}

/** Bins of the expected calibration error unless asked otherwise. */
const DEFAULT_BIN_COUNT = 10;

/**
 * Sorts words by confidence into bins of the same number of words, the least confident first. Words of equal confidence stay together, so
 * that their order says nothing: there are fewer bins where many are equal.
 *
 * @throws RangeError when `binCount` is no whole number of at least 1 or a confidence is not from 0 to 1.
 */
export function calibrationBins(judged: readonly JudgedConfidence[], binCount = DEFAULT_BIN_COUNT): CalibrationBin[] {
  if (!Number.isInteger(binCount) || binCount < 1) throw new RangeError(`binCount must be a whole number of at least 1, got ${binCount}`);
  const wrong = judged.find(({ confidence }) => !(confidence >= 0 && confidence <= 1));
  if (wrong) throw new RangeError(`confidence must be 0-1, got ${wrong.confidence}`);
  const sorted = judged.toSorted((first, second) => first.confidence - second.confidence);
  const bins: CalibrationBin[] = [];
  let start = 0;
  for (let bin = 1; bin <= binCount; bin += 1) {
    let end = Math.max(start, Math.round((bin * sorted.length) / binCount));
    while (end > start && end < sorted.length && sorted[end]?.confidence === sorted[end - 1]?.confidence) end += 1;
    if (end > start) bins.push(toBin(sorted.slice(start, end)));
    start = end;
  }
  return bins;
}

/**
 * How far confidences are from the truth: the difference between mean confidence and share of right words in bins of the same number of
 * words, averaged over the words (Naeini et al. 2015; bins of equal mass as Nixon et al. 2019 advise, since most confidences are near 1).
 *
 * @param binCount - @defaultValue 10
 * @returns 0 to 1; NaN when there is no word.
 * @throws RangeError as {@link calibrationBins} does.
 */
export function expectedCalibrationError(judged: readonly JudgedConfidence[], binCount = DEFAULT_BIN_COUNT): number {
  const bins = calibrationBins(judged, binCount);
  const sum = bins.reduce((total, { count, meanConfidence, rightRatio }) => total + count * Math.abs(meanConfidence - rightRatio), 0);
  return sum / judged.length;
}

function toBin(words: readonly JudgedConfidence[]): CalibrationBin {
  const sum = words.reduce((total, { confidence }) => total + confidence, 0);
  const right = words.filter(({ isRight }) => isRight).length;
  return { count: words.length, meanConfidence: sum / words.length, rightRatio: right / words.length };
}
