import { readModelManifest } from '@outspoken/models';
import { expect, test } from 'vitest';
import { maximumTokensOf, readMoonshineParameters } from '../../src/moonshine/parameters.ts';

const { parameters } = readModelManifest('moonshine-tiny');

test('reads the parameters of the manifest', () => {
  expect(readMoonshineParameters(parameters)).toEqual(parameters);
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
