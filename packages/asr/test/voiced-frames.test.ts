import { expect, test } from 'vitest';
import { findVoicedFrames, findVoicedFramesOverNoise } from '../src/voiced-frames.ts';

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

test('what is louder than the noise of the clip is voiced, whatever the level of the noise', () => {
  const speech = [0.5, 1, 0.7, 0.6];
  const over = (noise: number, speaking: readonly number[]) => findVoicedFramesOverNoise(level([noise, noise, ...speaking, noise]), 16_000);
  for (const noise of [0.0001, 0.009, 0.02, 0.06]) {
    expect(over(noise, speech)).toEqual([false, false, true, true, true, true, false]);
  }
  // No more than 20 dB below the loudest frame, so that a clip without any silence is no silence.
  expect(over(0.3, speech)).toEqual(Array<boolean>(7).fill(true));
  expect(findVoicedFramesOverNoise(new Float32Array(0), 16_000)).toEqual([]);
});
