import type { SpeechEvidence } from '../recognizer.ts';
import { indicesWithoutRepetition } from '../repetition-guard.ts';
import type { GreedySearchResult } from './greedy-search.ts';

/**
 * Weights of a logistic regression over clips that a speech detector cut and whose text would have ended at once: was it speech?
 * Measured for one model; `bench:forced-start` fits them.
 */
export interface ForcedStartWeights {
  readonly intercept: number;
  /** Of the log odds of the mean probability of speech over the voiced frames. */
  readonly meanSpeechLogOdds: number;
  /** Of the log-probability of the first token, among those that do not end the text. */
  readonly firstLogProbability: number;
  /** Of the mean log-probability of the other tokens. */
  readonly meanLogProbability: number;
}

/** From this probability on a forced text is believed. */
const BELIEVED_PROBABILITY = 0.5;
// Every word that the model means ends with a mark of its own; the single tokens of the development data were all wrong.
const MINIMUM_TOKENS = 2;
// Log odds of probabilities of 0 and 1 have no end.
const SMALLEST_PROBABILITY = 1e-4;
const LOWEST_LOG_PROBABILITY = -6;
const LOOP_TOKENS = 4;
// Fewer than this are a digit said some times, with its commas.
const LOOP_DISTINCT_TOKENS = 3;
const LOOP_OCCURRENCES = 3;

/**
 * Whether a text whose search was not let end at once is what somebody said. The model ends short orders and rows of digits at once
 * although it hears them well (23 of 40 orders, 21 of 30 rows); of what is no speech it writes something too, with less certainty or
 * in circles.
 */
export function isForcedStartBelievable(found: GreedySearchResult, speech: SpeechEvidence, weights: ForcedStartWeights): boolean {
  const { tokenIds, logProbabilities, hasReachedCap } = found;
  if (tokenIds.length < MINIMUM_TOKENS || hasReachedCap || goesInCircles(tokenIds)) return false;
  const [first = 0, ...others] = logProbabilities.map((value) => Math.max(value, LOWEST_LOG_PROBABILITY));
  const mean = others.reduce((sum, value) => sum + value, 0) / others.length;
  const logOdds =
    weights.intercept +
    weights.meanSpeechLogOdds * logOddsOf(speech.meanProbability) +
    weights.firstLogProbability * first +
    weights.meanLogProbability * mean;
  return 1 / (1 + Math.exp(-logOdds)) >= BELIEVED_PROBABILITY;
}

function logOddsOf(probability: number): number {
  const bounded = Math.min(Math.max(probability, SMALLEST_PROBABILITY), 1 - SMALLEST_PROBABILITY);
  return Math.log(bounded / (1 - bounded));
}

/** Stricter than the guard of texts that began by themselves: the same few tokens thrice, wherever. */
function goesInCircles(tokenIds: readonly number[]): boolean {
  if (indicesWithoutRepetition(tokenIds, false).length < tokenIds.length) return true;
  const counts = new Map<string, number>();
  for (let start = 0; start + LOOP_TOKENS <= tokenIds.length; start += 1) {
    const tokens = tokenIds.slice(start, start + LOOP_TOKENS);
    if (new Set(tokens).size < LOOP_DISTINCT_TOKENS) continue;
    const block = tokens.join();
    const count = (counts.get(block) ?? 0) + 1;
    if (count === LOOP_OCCURRENCES) return true;
    counts.set(block, count);
  }
  return false;
}
