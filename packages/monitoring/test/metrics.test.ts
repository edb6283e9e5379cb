import { expect, test } from 'vitest';
import { METRICS, type MetricDefinition } from '../src/index.ts';

const definitions: MetricDefinition[] = Object.values(METRICS);

test('names follow the Prometheus rules: base units, _total on counters, no name twice', () => {
  expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length);
  for (const { name, type, unit } of definitions) {
    expect(name).toMatch(/^outspoken_[a-z0-9_]+$/);
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    expect(name).not.toMatch(/_ms\b|millisecond/);
    if (unit === 'seconds' || unit === 'bytes') {
      expect(name).toContain(`_${unit}`);
    }
  }
});

test('only histograms have buckets, and these rise', () => {
  for (const { name, type, buckets } of definitions) {
    expect(buckets !== undefined, name).toBe(type === 'histogram');
    expect(buckets ?? []).toEqual([...(buckets ?? [])].sort((a, b) => a - b));
  }
});

test('keeps the number of series small', () => {
  const series = definitions.map(({ labels, buckets }) => {
    const combinations = Object.values(labels).reduce((count, values) => count * (values === 'configured' ? 1 : values.length), 1);
    return combinations * (buckets ? buckets.length + 3 : 1);
  });
  // 398 today: a third of a default Prometheus node exporter's, so a fleet costs nothing. A new label must justify what it multiplies.
  expect(series.reduce((sum, count) => sum + count, 0)).toBeLessThan(420);
});

test('carries no label that could hold an id or text', () => {
  for (const { labels } of definitions) {
    for (const label of Object.keys(labels)) {
      expect(label).not.toMatch(/id$|session|clip|user|tenant|text|ip/i);
    }
  }
});
