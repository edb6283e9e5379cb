import { expect, test } from 'vitest';
import { clockText, sizeText, speedText } from '../src/progress/progress-text.ts';

test('writes times as clocks do', () => {
  expect([0, 4999, 65_000, 3_600_000, 45_296_000, -5].map(clockText)).toEqual(['0:00', '0:05', '1:05', '1:00:00', '12:34:56', '0:00']);
});

test('writes speeds with as many digits as matter', () => {
  expect([0, 0.84, 9.94, 61.4].map(speedText)).toEqual(['0.0x', '0.8x', '9.9x', '61x']);
});

test('writes sizes in decimal units', () => {
  expect([0, 999, 1000, 28_423_865, 123_456_789, 2.5e12].map(sizeText)).toEqual(['0 B', '999 B', '1.0 kB', '28.4 MB', '123 MB', '2.5 TB']);
});
