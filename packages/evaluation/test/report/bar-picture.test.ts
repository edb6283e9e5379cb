import { expect, test } from 'vitest';
import { drawBars } from '../../src/report/bar-picture.ts';
import { smallReport } from './small-report.ts';

test('draws a bar for each slice, as long as its rate, with the interval where there is one', () => {
  const svg = drawBars(smallReport().slices);
  const widths = [...svg.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths[0]! / widths[1]!).toBeCloseTo(2 / 7, 2);
  expect(svg.match(/class="interval"/g)).toHaveLength(1);
  expect(svg).toContain('aria-label="Word error rates: hall 28.57 %, bath 100.00 %"');
});

test('draws nothing where nothing is known', () => {
  expect(drawBars([])).not.toContain('<rect');
});
