import { expect, test } from 'vitest';
import { selectorsIn } from './support/promql.ts';

test('finds the metrics of an expression and their matchers, and takes neither functions nor labels for metrics', () => {
  const expression = `histogram_quantile(0.95, sum by (le, stage) (rate(a_bucket{job=~"$job", le="0.5"}[5m])))
    / (sum without (instance) (level:b:rate5m offset 1d) > 0) and sum by (job) (increase(c_total{reason=~"x|y", outcome!="ok"}[1h])) >= 10
    unless on (job, instance) up == 1e3`;
  expect(selectorsIn(expression).map(({ name, text }) => [name, text])).toEqual([
    ['a_bucket', 'a_bucket{job=~"$job", le="0.5"}'],
    ['level:b:rate5m', 'level:b:rate5m'],
    ['c_total', 'c_total{reason=~"x|y", outcome!="ok"}'],
    ['up', 'up'],
  ]);
  expect(selectorsIn(expression)[2]?.matchers).toEqual([
    { label: 'reason', operator: '=~', values: ['x', 'y'] },
    { label: 'outcome', operator: '!=', values: ['ok'] },
  ]);
});
