import { expect, test } from 'vitest';
import { findVoicedFrames } from '../src/voiced-frames.ts';

const level = (frames: readonly number[]) =>
  Float32Array.from({ length: frames.length * 160 }, (_, index) => frames[Math.floor(index / 160)]!);

test('frames within the range of the loudest one are voiced', () => {
  expect(findVoicedFrames(level([0, 0.009, 0.011, 1]), 16_000, 40)).toEqual([false, false, true, true]);
  expect(findVoicedFrames(level([0, 0.009, 0.011, 1]), 16_000, 20)).toEqual([false, false, false, true]);
});

test('a last frame that is shorter counts by its power', () => {
  expect(findVoicedFrames(level([1, 1]).subarray(0, 200), 16_000, 40)).toEqual([true, true]);
});

test('digital silence is as loud as its loudest frame, and no samples have no frame', () => {
  expect(findVoicedFrames(level([0, 0]), 16_000, 40)).toEqual([true, true]);
  expect(findVoicedFrames(new Float32Array(0), 16_000, 40)).toEqual([]);
});
