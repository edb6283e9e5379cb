import { expect, test } from 'vitest';
import { framesInClip } from '../../src/moonshine/encoder-frames.ts';

const attention = [Float32Array.from({ length: 50 }, (_, frame) => frame)];

test('a frame of the encoder is 24 ms of a clip and lies in the middle of what it hears', () => {
  expect(framesInClip(attention, 16_000)).toEqual({ attention, grid: { startMs: 15.9375, frameMs: 24 } });
});

test('the frames of a clip that is heard slower are shorter in it', () => {
  const { grid } = framesInClip(attention, 16_000, { speedRatio: 0.94, paddingSamples: 0 });
  expect(grid.frameMs).toBeCloseTo(22.56, 10);
  expect(grid.startMs).toBeCloseTo(15.9375 * 0.94, 10);
});

test.each([0.94, 1, 1.06])('the frames of zeros before a clip are left out, at speed %f', (speedRatio) => {
  const paddingSamples = 1600;
  const { attention: kept, grid } = framesInClip(attention, 16_000, { speedRatio, paddingSamples });
  const firstKept = kept[0]![0]!;
  // The first frame that is kept overlaps the start of the clip, the one before it does not.
  expect(grid.startMs).toBeLessThanOrEqual(0);
  expect(grid.startMs + grid.frameMs).toBeGreaterThan(0);
  expect(grid.startMs).toBeCloseTo((15.9375 + firstKept * 24) * speedRatio - 100, 10);
  expect(kept[0]).toHaveLength(50 - firstKept);
});
