/** What is known of a text that was not let end at once, before it is believed. */
export interface ForcedText {
  /** Mean probability of speech over the voiced frames, by the detector. */
  readonly meanSpeechProbability: number;
  /** Probability that the text ends at once. */
  readonly endProbability: number;
  /** Of each token, among those that do not end the text where that could not be. */
  readonly tokenLogProbabilities: readonly number[];
}

/** A number that may tell speech from noise. */
export type Feature = 'meanSpeechLogOdds' | 'firstLogProbability' | 'meanLogProbability' | 'endLogOdds';

/** The features of the product, in the order of the manifest. */
export const PRODUCT_FEATURES = ['meanSpeechLogOdds', 'firstLogProbability', 'meanLogProbability'] as const satisfies readonly Feature[];

const EVIDENCE: readonly Feature[] = ['meanSpeechLogOdds'];
/** What is known without the detector. */
export const TEXT_FEATURES: readonly Feature[] = ['firstLogProbability', 'meanLogProbability'];

/** The sets that are compared. */
export const FEATURE_SETS: Readonly<Record<string, readonly Feature[]>> = {
  'evidence alone': EVIDENCE,
  'text alone': TEXT_FEATURES,
  both: PRODUCT_FEATURES,
  'evidence and end': [...EVIDENCE, 'endLogOdds'],
  'text and end': [...TEXT_FEATURES, 'endLogOdds'],
  'both and end': [...PRODUCT_FEATURES, 'endLogOdds'],
};

// Bounds of packages/asr/src/moonshine/forced-start.ts: the weights mean the same there only with the same bounds.
const SMALLEST_PROBABILITY = 1e-4;
const LOWEST_LOG_PROBABILITY = -6;

/** The features of a text of two tokens or more. */
export function featuresOf(text: ForcedText): Readonly<Record<Feature, number>> {
  const [first = 0, ...others] = text.tokenLogProbabilities.map((value) => Math.max(value, LOWEST_LOG_PROBABILITY));
  return {
    meanSpeechLogOdds: logOddsOf(text.meanSpeechProbability),
    firstLogProbability: first,
    meanLogProbability: others.reduce((sum, value) => sum + value, 0) / others.length,
    endLogOdds: logOddsOf(text.endProbability),
  };
}

function logOddsOf(probability: number): number {
  const bounded = Math.min(Math.max(probability, SMALLEST_PROBABILITY), 1 - SMALLEST_PROBABILITY);
  return Math.log(bounded / (1 - bounded));
}
