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

test('does not count more than time allows, however often a client reports', () => {
  const edge = new EdgeReport(0);
  let capturedMs = 0;
  for (let i = 1; i <= 100; i += 1) capturedMs += edge.advance(report(50 * i), 10 * i)?.capturedMs ?? 0;
  expect(capturedMs).toBeLessThanOrEqual(61_000);
});

test.each(['voicedMs', 'sentMs', 'capturedBytes', 'sentBytes'] as const)('does not count an impossible %s', (field) => {
  const edge = new EdgeReport(0);
  expect(edge.advance({ ...report(2), [field]: 4e9 }, 2_000)).toBeUndefined();
});

test('does not count an hour that an earlier server has counted, only what follows', () => {
  const edge = new EdgeReport(0);
  expect(edge.advance(report(3_600), 2_000)).toBeUndefined();
  expect(edge.advance(report(3_602), 4_000)).toMatchObject({ capturedMs: 2_000 });
});
