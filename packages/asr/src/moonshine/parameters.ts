import type { ForcedStartWeights } from './forced-start.ts';
import type { KeywordBonus } from './keyword-tree.ts';
import type { UnlikelyTextWeights } from './unlikely-text.ts';
import type { QuietClips, ShortClips } from './views.ts';

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
  /** Clips that are heard better with zeros on each side; absent where nobody has measured it. */
  readonly shortClips?: ShortClips;
  /** Clips that are heard better when they are made louder; absent where nobody has measured it. */
  readonly quietClips?: QuietClips;
  /** When to believe a text that was not let end at once; absent for a model for which nobody has measured it. */
  readonly forcedStart?: ForcedStartWeights;
  /** What keywords are worth; absent for a model for which nobody has measured it, which gets a cautious one. */
  readonly keywordBonus?: KeywordBonus;
  /** When to believe a text that began by itself; absent where nobody has measured it: then always. */
  readonly unlikelyText?: UnlikelyTextWeights;
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

const UNLIKELY_TEXT_NAMES = {
  intercept: 'unlikelyTextIntercept',
  meanLogProbability: 'unlikelyTextMeanLogProbability',
  secondsPerTokenLog: 'unlikelyTextSecondsPerTokenLog',
} as const satisfies Readonly<Record<keyof UnlikelyTextWeights, string>>;

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
  /** The weights under their names, all of them or none. */
  const readWeights = <Weight extends string>(
    names: Readonly<Record<Weight | 'intercept', string>>,
  ): Record<Weight, number> | undefined => {
    if (parameters[names.intercept] === undefined) return undefined;
    // Every name is one of the weights.
    return Object.fromEntries(Object.entries<string>(names).map(([weight, name]) => [weight, read(name)[1]])) as Record<Weight, number>;
  };
  const forcedStart = readWeights<keyof ForcedStartWeights>(FORCED_START_NAMES);
  const unlikelyText = readWeights<keyof UnlikelyTextWeights>(UNLIKELY_TEXT_NAMES);
  const hasShortClips = parameters['shortClipBelowSamples'] !== undefined;
  const hasQuietClips = parameters['quietClipBelowPeak'] !== undefined;
  const hasBonus = parameters['keywordBonusPerToken'] !== undefined;
  return {
    ...required,
    ...(forcedStart && { forcedStart }),
    ...(unlikelyText && { unlikelyText }),
    ...(hasShortClips && {
      shortClips: { belowSamples: read('shortClipBelowSamples')[1], paddingSamples: read('shortClipPaddingSamples')[1] },
    }),
    ...(hasQuietClips && {
      quietClips: {
        belowPeak: read('quietClipBelowPeak')[1],
        targetPeak: read('quietClipTargetPeak')[1],
        maximumGain: read('quietClipMaximumGain')[1],
      },
    }),
    ...(hasBonus && { keywordBonus: { perToken: read('keywordBonusPerToken')[1], maximum: read('keywordBonusMaximum')[1] } }),
  };
}

/** The most tokens that a clip can plausibly hold: two more than the fastest speech, so that a short word still ends by itself. */
export function maximumTokensOf(sampleCount: number, parameters: MoonshineParameters): number {
  const durationSeconds = sampleCount / parameters.sampleRateHz;
  return Math.min(Math.floor(durationSeconds * parameters.maximumTokensPerSecond) + 2, parameters.maximumTokens);
}
