import { readModelManifest } from '@outspoken/models';
import { expect, test } from 'vitest';
import { maximumTokensOf, readMoonshineParameters } from '../../src/moonshine/parameters.ts';

const { parameters } = readModelManifest('moonshine-tiny');

test('reads the parameters of the manifest', () => {
  const { forcedStart, unlikelyText, keywordBonus, shortClips, quietClips, ...others } = readMoonshineParameters(parameters);
  expect(parameters).toMatchObject(others);
  expect(forcedStart).toEqual({
    intercept: parameters['forcedStartIntercept'],
    meanSpeechLogOdds: parameters['forcedStartMeanSpeechLogOdds'],
    firstLogProbability: parameters['forcedStartFirstLogProbability'],
    meanLogProbability: parameters['forcedStartMeanLogProbability'],
  });
  expect(shortClips).toEqual({ belowSamples: parameters['shortClipBelowSamples'], paddingSamples: parameters['shortClipPaddingSamples'] });
  expect(quietClips).toEqual({
    belowPeak: parameters['quietClipBelowPeak'],
    targetPeak: parameters['quietClipTargetPeak'],
    maximumGain: parameters['quietClipMaximumGain'],
  });
  expect(keywordBonus).toEqual({ perToken: parameters['keywordBonusPerToken'], maximum: parameters['keywordBonusMaximum'] });
  expect(unlikelyText).toEqual({
    intercept: parameters['unlikelyTextIntercept'],
    meanLogProbability: parameters['unlikelyTextMeanLogProbability'],
    secondsPerTokenLog: parameters['unlikelyTextSecondsPerTokenLog'],
  });
});

test('takes a model for which nobody has measured forced starts and keywords', () => {
  expect(readMoonshineParameters(readModelManifest('moonshine-base').parameters)).not.toHaveProperty('forcedStart');
  expect(readMoonshineParameters(readModelManifest('moonshine-base').parameters)).not.toHaveProperty('keywordBonus');
  const { forcedStartMeanLogProbability: _, ...incomplete } = parameters;
  expect(() => readMoonshineParameters(incomplete)).toThrow('forcedStartMeanLogProbability');
});

test('takes a model for which nobody has measured which texts are unlikely', () => {
  expect(readMoonshineParameters(readModelManifest('moonshine-base').parameters)).not.toHaveProperty('unlikelyText');
  const { unlikelyTextMeanLogProbability: _, ...incomplete } = parameters;
  expect(() => readMoonshineParameters(incomplete)).toThrow('unlikelyTextMeanLogProbability');
});

test('names a parameter that is missing or no number', () => {
  expect(() => readMoonshineParameters({ ...parameters, endTokenId: Number.NaN })).toThrow(/endTokenId must be .* got NaN/);
  const { startTokenId: _, ...withoutStart } = parameters;
  expect(() => readMoonshineParameters(withoutStart)).toThrow(RangeError);
});

test('caps tokens by the length of the clip and by the longest text', () => {
  const moonshine = readMoonshineParameters(parameters);
  expect([1600, 16_000, 160_000, 480_000].map((sampleCount) => maximumTokensOf(sampleCount, moonshine))).toEqual([2, 8, 67, 194]);
});

test('takes a model for which nobody has measured how short and quiet clips are heard best', () => {
  const base = readMoonshineParameters(readModelManifest('moonshine-base').parameters);
  expect(base).not.toHaveProperty('shortClips');
  expect(base).not.toHaveProperty('quietClips');
  const { shortClipPaddingSamples: _, ...incomplete } = parameters;
  expect(() => readMoonshineParameters(incomplete)).toThrow('shortClipPaddingSamples');
  const { quietClipMaximumGain: __, ...half } = parameters;
  expect(() => readMoonshineParameters(half)).toThrow('quietClipMaximumGain');
});
