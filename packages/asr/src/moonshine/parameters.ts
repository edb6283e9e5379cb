import type { ForcedStartWeights } from './forced-start.ts';
import type { KeywordBonus } from './keyword-tree.ts';

/** Numbers that the code of the family needs and that the graphs do not hold. */
export interface MoonshineParameters {
  /** Rate of the samples, in hertz. */
  readonly sampleRateHz: number;
  /** Shortest clip that the encoder takes, in samples. */
  readonly minimumSamples: number;
  /** Longest clip, in samples. */
  readonly maximumSamples: number;
  /** Token that the decoder is started with. */
  readonly startTokenId: number;
  /** Token that ends the text. */
  readonly endTokenId: number;
  /** Longest text, in tokens. */
  readonly maximumTokens: number;
  /** Fastest plausible speech, in tokens per second of audio. */
  readonly maximumTokensPerSecond: number;
  /** When to believe a text that was not let end at once; absent for a model for which nobody has measured it. */
  readonly forcedStart?: ForcedStartWeights;
  /** What keywords are worth; absent for a model for which nobody has measured it, which gets a cautious one. */
  readonly keywordBonus?: KeywordBonus;
}

const NAMES = [
  'sampleRateHz',
  'minimumSamples',
  'maximumSamples',
  'startTokenId',
  'endTokenId',
  'maximumTokens',
  'maximumTokensPerSecond',
] as const satisfies readonly (keyof MoonshineParameters)[];

const FORCED_START_NAMES = {
  intercept: 'forcedStartIntercept',
  meanSpeechLogOdds: 'forcedStartMeanSpeechLogOdds',
  firstLogProbability: 'forcedStartFirstLogProbability',
  meanLogProbability: 'forcedStartMeanLogProbability',
} as const satisfies Readonly<Record<keyof ForcedStartWeights, string>>;

/**
 * Picks the parameters of the family out of a model's manifest.
 *
 * @throws RangeError when one is missing, not finite or negative.
 */
export function readMoonshineParameters(parameters: Readonly<Record<string, number>>): MoonshineParameters {
  const read = <Name extends string>(name: Name): [Name, number] => {
    const value = parameters[name];
    if (value === undefined || !Number.isFinite(value) || value < 0) {
      throw new RangeError(`model parameter ${name} must be a number of at least 0, got ${value}`);
    }
    return [name, value];
  };
  // NAMES lists every key of the interface.
  const required = Object.fromEntries(NAMES.map(read)) as unknown as MoonshineParameters;
  const perToken = parameters['keywordBonusPerToken'];
  const keywordBonus =
    perToken === undefined ? undefined : { perToken: read('keywordBonusPerToken')[1], maximum: read('keywordBonusMaximum')[1] };
  const withBonus = keywordBonus ? { ...required, keywordBonus } : required;
  if (parameters[FORCED_START_NAMES.intercept] === undefined) return withBonus;
  const weightOf = (name: keyof ForcedStartWeights): number => read(FORCED_START_NAMES[name])[1];
  return {
    ...withBonus,
    forcedStart: {
      intercept: weightOf('intercept'),
      meanSpeechLogOdds: weightOf('meanSpeechLogOdds'),
      firstLogProbability: weightOf('firstLogProbability'),
      meanLogProbability: weightOf('meanLogProbability'),
    },
  };
}

/** The most tokens that a clip can plausibly hold: two more than the fastest speech, so that a short word still ends by itself. */
export function maximumTokensOf(sampleCount: number, parameters: MoonshineParameters): number {
  const durationSeconds = sampleCount / parameters.sampleRateHz;
  return Math.min(Math.floor(durationSeconds * parameters.maximumTokensPerSecond) + 2, parameters.maximumTokens);
}
