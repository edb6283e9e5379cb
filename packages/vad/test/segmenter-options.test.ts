import { DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { expect, test } from 'vitest';
import { DEFAULT_SEGMENTER_OPTIONS } from '../src/index.ts';
import { resolveSegmenterLimits } from '../src/segmenter-options.ts';

test('turns the default policy into frames and samples', () => {
  expect(resolveSegmenterLimits(DEFAULT_CLIP_POLICY, DEFAULT_SEGMENTER_OPTIONS)).toMatchObject({
    preRollSamples: 8000,
    maybeEndFrames: 6,
    hangoverFrames: 19,
    tailSamples: 3072,
    minimumVoicedFrames: 4,
    pendingFrames: 23,
    maximumSamples: 240_000,
    splitSearchSamples: 64_000,
    splitOverlapSamples: 3200,
    // Search and overlap, a pause up to maybe_end, two frames: 4456 ms.
    historySamples: 64_000 + 3200 + 8 * 512,
  });
});

test('refuses thresholds and windows that cannot work', () => {
  const wrong = [
    { onsetProbability: 0.3 },
    { onsetProbability: 1.1 },
    { offsetProbability: 0 },
    { offsetProbability: Number.NaN },
    { onsetFrames: 0 },
    { onsetFrames: 4 },
    { onsetFrames: 1.5 },
    { onsetWindowFrames: 17 },
  ];
  for (const options of wrong) {
    expect(() => resolveSegmenterLimits(DEFAULT_CLIP_POLICY, { ...DEFAULT_SEGMENTER_OPTIONS, ...options })).toThrow(RangeError);
  }
});

test('refuses a policy that is out of range or leaves no room for a split', () => {
  const wrong = [{ preRollMs: -1 }, { hangoverMs: 100 }, { maximumMs: 3000 }, { maximumMs: 2000, splitSearchMs: 100, hangoverMs: 2000 }];
  for (const policy of wrong) {
    expect(() => resolveSegmenterLimits({ ...DEFAULT_CLIP_POLICY, ...policy }, DEFAULT_SEGMENTER_OPTIONS)).toThrow(RangeError);
  }
});
