import type { SpeechEvidence } from '@outspoken/asr';

/** What is known of a text that began by itself, before it is believed. */
export interface UnforcedText {
  readonly text: string;
  readonly audioMs: number;
  readonly speech: SpeechEvidence;
  /** Probability that the text ends at once. */
  readonly endProbability: number;
  readonly tokenLogProbabilities: readonly number[];
}

/** A number that may tell what was said from what was made up. */
export type Feature =
  | 'meanLogProbability'
  | 'brevity'
  | 'secondsPerTokenLog'
  | 'firstLogProbability'
  | 'lowestLogProbability'
  | 'endLogOdds'
  | 'meanSpeechLogOdds'
  | 'tokensPerVoicedSecond'
  | 'distinctWordRatio';

/** The features of the product, in the order of the manifest. */
export const PRODUCT_FEATURES = ['meanLogProbability', 'secondsPerTokenLog'] as const satisfies readonly Feature[];

/** The sets that are compared. */
export const FEATURE_SETS: Readonly<Record<string, readonly Feature[]>> = {
  mean: ['meanLogProbability'],
  'mean and brevity': ['meanLogProbability', 'brevity'],
  'mean and time': PRODUCT_FEATURES,
  '… and brevity': [...PRODUCT_FEATURES, 'brevity'],
  '… and first token': [...PRODUCT_FEATURES, 'firstLogProbability'],
  '… and lowest token': [...PRODUCT_FEATURES, 'lowestLogProbability'],
  '… and end': [...PRODUCT_FEATURES, 'endLogOdds'],
  '… and evidence': [...PRODUCT_FEATURES, 'meanSpeechLogOdds'],
  '… and tokens per voiced second': [...PRODUCT_FEATURES, 'tokensPerVoicedSecond'],
  '… and distinct words': [...PRODUCT_FEATURES, 'distinctWordRatio'],
};

const SMALLEST_PROBABILITY = 1e-4;
// Of packages/asr/src/moonshine/unlikely-text.ts: the weights mean the same there only with the same numbers.
const LOWEST_LOG_PROBABILITY = -6;
const MORE_TOKENS = 1;
const MORE_SECONDS = 0.3;
/** Voiced time is never none where tokens are counted by it, in seconds. */
const LEAST_VOICED_SECONDS = 0.1;

/** The features of a text of one token or more. */
export function featuresOf(text: UnforcedText): Readonly<Record<Feature, number>> {
  const values = text.tokenLogProbabilities.map((value) => Math.max(value, LOWEST_LOG_PROBABILITY));
  const words = text.text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return {
    meanLogProbability: values.reduce((sum, value) => sum + value, 0) / values.length,
    brevity: 1 / values.length,
    secondsPerTokenLog: Math.log((text.audioMs / 1000 + MORE_SECONDS) / (values.length + MORE_TOKENS)),
    firstLogProbability: values[0] ?? 0,
    lowestLogProbability: Math.min(...values),
    endLogOdds: logOddsOf(text.endProbability),
    meanSpeechLogOdds: logOddsOf(text.speech.meanProbability),
    tokensPerVoicedSecond: values.length / Math.max(text.speech.voicedMs / 1000, LEAST_VOICED_SECONDS),
    distinctWordRatio: new Set(words).size / Math.max(1, words.length),
  };
}

function logOddsOf(probability: number): number {
  const bounded = Math.min(Math.max(probability, SMALLEST_PROBABILITY), 1 - SMALLEST_PROBABILITY);
  return Math.log(bounded / (1 - bounded));
}
