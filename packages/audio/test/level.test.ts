import { expect, test } from 'vitest';
import { peakDbfs, rmsDbfs } from '../src/level.ts';
import { tone } from './tone.ts';

test('reads a full-scale constant as 0 dBFS and a full-scale sine as -3.01 dBFS', () => {
  expect(rmsDbfs(new Float32Array(100).fill(-1))).toBe(0);
  expect(rmsDbfs(tone(1000, 16000, 1600))).toBeCloseTo(-3.0103, 3);
  expect(peakDbfs(tone(1000, 16000, 1600, 0.5))).toBeCloseTo(-6.0206, 3);
});

test('reads the negative peak', () => {
  expect(peakDbfs(Float32Array.of(0.1, -1, 0.5))).toBe(0);
});

test('reads digital silence and no samples as minus infinity', () => {
  for (const samples of [new Float32Array(0), new Float32Array(512)]) {
    expect(rmsDbfs(samples)).toBe(Number.NEGATIVE_INFINITY);
    expect(peakDbfs(samples)).toBe(Number.NEGATIVE_INFINITY);
  }
});

test('shows a NaN instead of hiding it', () => {
  expect(rmsDbfs(Float32Array.of(0.5, Number.NaN))).toBeNaN();
  expect(peakDbfs(Float32Array.of(0.5, Number.NaN, 0.7))).toBeNaN();
});
