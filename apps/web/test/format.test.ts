import { expect, test } from 'vitest';
import { formatBytes, formatClock, formatDelay, formatLevel, formatPercent, formatSeconds } from '../src/format.ts';

test('shows session time in minutes, seconds and tenths, rounded down', () => {
  expect([0, 999, 63_449, 600_000].map(formatClock)).toEqual(['0:00.0', '0:00.9', '1:03.4', '10:00.0']);
  expect(formatClock(-5)).toBe('0:00.0');
});

test('shows a delay in milliseconds below a second and in seconds above', () => {
  expect([0.4, 312.4, 999.6, 1000, 2340].map(formatDelay)).toEqual(['0 ms', '312 ms', '1.0 s', '1.0 s', '2.3 s']);
});

test('shows bytes in decimal units', () => {
  expect([0, 86_400, 999_499, 999_500, 1_179_212].map(formatBytes)).toEqual(['0 kB', '86 kB', '999 kB', '1.00 MB', '1.18 MB']);
});

test('shows levels with a true minus sign and digital silence as minus infinity', () => {
  expect([-23.4, -0.2, 0, -278, Number.NEGATIVE_INFINITY].map(formatLevel)).toEqual(['−23 dB', '0 dB', '0 dB', '−∞ dB', '−∞ dB']);
});

test('shows ratios as whole per cent and durations with a tenth', () => {
  expect(formatPercent(0.834)).toBe('83 %');
  expect(formatSeconds(2449)).toBe('2.4 s');
});
