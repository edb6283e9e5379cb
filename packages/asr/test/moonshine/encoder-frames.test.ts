import { expect, test } from 'vitest';
import { frameGridOf } from '../../src/moonshine/encoder-frames.ts';

test('a frame of the encoder is 24 ms of a clip and lies in the middle of what it hears', () => {
  expect(frameGridOf(1, 16_000)).toEqual({ startMs: 15.9375, frameMs: 24 });
});

test('the frames of a clip that is heard slower are shorter in it', () => {
  const slower = frameGridOf(0.94, 16_000);
  expect(slower.frameMs).toBeCloseTo(22.56, 10);
  expect(slower.startMs).toBeCloseTo(15.9375 * 0.94, 10);
});
