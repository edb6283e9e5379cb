import { expect, test } from 'vitest';
import { cropped, joined, lengthOf, type SoundBlock, silence } from '../src/sound-block.ts';

function block(...channels: readonly (readonly number[])[]): SoundBlock {
  return { sampleRateHz: 8000, channels: channels.map((samples) => Float32Array.from(samples)) };
}

test('a block is cropped on every channel, without a copy', () => {
  const whole = block([1, 2, 3, 4], [5, 6, 7, 8]);
  expect(cropped(whole, 1, 3)).toEqual(block([2, 3], [6, 7]));
  expect(cropped(whole, 3)).toEqual(block([4], [8]));
  expect(cropped(whole, 1).channels[0]!.buffer).toBe(whole.channels[0]!.buffer);
});

// A negative end would count from the back.
test('an end before the start, or before 0, leaves nothing', () => {
  expect(lengthOf(cropped(block([1, 2, 3]), 2, 1))).toBe(0);
  expect(lengthOf(cropped(block([1, 2, 3]), 0, -1))).toBe(0);
});

test('blocks are joined in order', () => {
  expect(joined([block([1], [2]), block([], []), block([3, 4], [5, 6])])).toEqual(block([1, 3, 4], [2, 5, 6]));
  const one = block([1]);
  expect(joined([one])).toBe(one);
  expect(joined([])).toBeUndefined();
});

test('silence has its shape', () => {
  expect(silence(3, 44_100, 2)).toEqual({ sampleRateHz: 44_100, channels: [1, 2, 3].map(() => new Float32Array(2)) });
  expect(lengthOf({ sampleRateHz: 8000, channels: [] })).toBe(0);
});
