import { expect, test } from 'vitest';
import { BusyShare } from '../src/dispatch/busy-share.ts';

test('splits what runs at a moment by length, so that the parts add up to the whole', () => {
  let nowMs = 100;
  const share = new BusyShare([3, 1, 4], () => nowMs);
  nowMs = 180;
  expect(share.finish(2)).toBe(40);
  nowMs = 220;
  expect(share.finish(0)).toBe(60);
  nowMs = 300;
  expect(share.finish(1)).toBe(100);
});

test('gives the whole to a clip that is alone', () => {
  let nowMs = 0;
  const share = new BusyShare([1], () => nowMs);
  nowMs = 12;
  expect(share.finish(0)).toBe(12);
});
