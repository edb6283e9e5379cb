/**
 * Weights of a logistic regression over texts that began by themselves: did anybody say it? Measured for one model;
 * `bench:invented-words` fits them.
 */
export interface UnlikelyTextWeights {
  readonly intercept: number;
  /** Of the mean log-probability of the tokens. */
  readonly meanLogProbability: number;
  /** Of the logarithm of the time that each token takes, in seconds. */
  readonly secondsPerTokenLog: number;
}

/** From this probability on a text is believed. */
const BELIEVED_PROBABILITY = 0.5;
const LOWEST_LOG_PROBABILITY = -6;
// One token more and a moment, so that the shortest clips and texts are not out of all proportion.
const MORE_TOKENS = 1;
const MORE_SECONDS = 0.3;

/**
 * Whether a text that began by itself may be what somebody said. Of voices that speak all at once, of a voice played backwards, the model
 * writes many words, and is sure of hardly one; somebody who speaks to the device under noise leaves it surer than that.
 *
 * @param logProbabilities - Of each token, natural logarithms; a text without tokens is likely.
 * @param audioMs - Length of the clip, in milliseconds.
 */
export function isTextLikely(logProbabilities: readonly number[], audioMs: number, weights: UnlikelyTextWeights): boolean {
  const count = logProbabilities.length;
  if (count === 0) return true;
  const mean = logProbabilities.reduce((sum, value) => sum + Math.max(value, LOWEST_LOG_PROBABILITY), 0) / count;
  const secondsPerToken = (audioMs / 1000 + MORE_SECONDS) / (count + MORE_TOKENS);
  const logOdds = weights.intercept + weights.meanLogProbability * mean + weights.secondsPerTokenLog * Math.log(secondsPerToken);
  return 1 / (1 + Math.exp(-logOdds)) >= BELIEVED_PROBABILITY;
}
