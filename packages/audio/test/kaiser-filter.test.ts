import { expect, test } from 'vitest';
import { besselI0, designPolyphaseFilter } from '../src/kaiser-filter.ts';

const DESIGN = { sampleRateHz: 48000, passHz: 7000, stopHz: 8000, attenuationDb: 90 };

/** Gain in decibels of one row at a frequency. */
function gainDb(row: Float32Array, frequencyHz: number): number {
  let real = 0;
  let imaginary = 0;
  row.forEach((coefficient, k) => {
    real += coefficient * Math.cos((2 * Math.PI * frequencyHz * k) / DESIGN.sampleRateHz);
    imaginary += coefficient * Math.sin((2 * Math.PI * frequencyHz * k) / DESIGN.sampleRateHz);
  });
  return 20 * Math.log10(Math.hypot(real, imaginary));
}

test('computes the Bessel function I0 as tables do', () => {
  // Abramowitz and Stegun, table 9.8.
  expect(besselI0(0)).toBe(1);
  expect(besselI0(1)).toBeCloseTo(1.2660658778, 9);
  expect(besselI0(5)).toBeCloseTo(27.2398718236, 8);
  expect(besselI0(10) / 2815.716628).toBeCloseTo(1, 8);
});

test('takes the length that the Kaiser formula gives, rounded up to a multiple of 4', () => {
  // (90 - 8) / (2.285 * 2 pi / 48) + 1 = 275.2
  expect(designPolyphaseFilter({ ...DESIGN, rowCount: 1 }).tapCount).toBe(276);
});

test('keeps both bands in every row', () => {
  const { table, tapCount } = designPolyphaseFilter({ ...DESIGN, rowCount: 5 });
  for (let r = 0; r <= 5; r++) {
    const row = table.subarray(r * tapCount, (r + 1) * tapCount);
    for (let hz = 0; hz <= 7000; hz += 50) expect(Math.abs(gainDb(row, hz))).toBeLessThan(0.001);
    // 2 dB of margin: the formula is empirical and the rows are rounded to 32-bit floats.
    for (let hz = 8000; hz <= 24000; hz += 50) expect(gainDb(row, hz)).toBeLessThan(-88);
  }
});

test('centres row 0 and moves the last row by one sample', () => {
  const { table, tapCount } = designPolyphaseFilter({ ...DESIGN, rowCount: 4 });
  const first = table.subarray(0, tapCount);
  const last = table.subarray(4 * tapCount);
  const centre = tapCount / 2 - 1;
  expect(Math.max(...first)).toBe(first[centre]);
  expect(Math.max(...last)).toBe(last[centre + 1]);
  for (let k = 0; k <= centre; k++) expect(first[centre - k]).toBeCloseTo(first[centre + k]!, 9);
});
