/**
 * Quantile by nearest rank: always a value that was measured, never one between two.
 *
 * @param ratio - 0 to 1; 0.95 is the 95th percentile. With fewer than 100 values the 99th is the greatest.
 * @returns NaN when there is no value.
 */
export function quantile(values: readonly number[], ratio: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(ratio * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle value, the lower one of two; NaN when there is none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Sum of the values, 0 when there is none. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
