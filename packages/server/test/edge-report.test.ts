import { expect, test } from 'vitest';
import { EdgeReport } from '../src/session/edge-report.ts';

const report = (seconds: number) => ({
  type: 'report' as const,
  capturedMs: 1000 * seconds,
  voicedMs: 300 * seconds,
  sentMs: 400 * seconds,
  capturedBytes: 32_000 * seconds,
  sentBytes: 13_000 * seconds,
});

test('gives what is new in each report', () => {
  const edge = new EdgeReport(0);
  expect(edge.advance(report(2), 2_000)).toMatchObject({ capturedMs: 2_000, sentBytes: 26_000 });
  expect(edge.advance(report(5), 5_000)).toMatchObject({ capturedMs: 3_000, voicedMs: 900, sentMs: 1_200, capturedBytes: 96_000 });
});

test('counts nothing twice when totals go back', () => {
  const edge = new EdgeReport(0);
  edge.advance(report(5), 5_000);
  expect(edge.advance(report(1), 6_000)).toEqual({ capturedMs: 0, voicedMs: 0, sentMs: 0, capturedBytes: 0, sentBytes: 0 });
});

test('does not count an hour that an earlier server has counted, only what follows', () => {
  const edge = new EdgeReport(0);
  expect(edge.advance(report(3_600), 2_000)).toBeUndefined();
  expect(edge.advance(report(3_602), 4_000)).toMatchObject({ capturedMs: 2_000 });
});
