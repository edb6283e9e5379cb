import type { SliceSummary } from '../summary/slices.ts';
import { escapeHtml } from './escape-html.ts';
import { percentText } from './report-text.ts';

const ROW_HEIGHT = 26;
const NAME_WIDTH = 150;
const BAR_WIDTH = 420;
const VALUE_WIDTH = 80;

/** The word error rates of slices as bars with their intervals, an SVG that takes its colours from the page. */
export function drawBars(rows: readonly SliceSummary[]): string {
  const known = rows.filter(({ wordErrorRatio }) => wordErrorRatio !== null);
  const greatest = Math.max(0.01, ...known.map(({ wordErrorRatio, wordErrorInterval }) => wordErrorInterval?.high ?? wordErrorRatio ?? 0));
  const scale = (ratio: number): number => (ratio / greatest) * BAR_WIDTH;
  const [width, height] = [NAME_WIDTH + BAR_WIDTH + VALUE_WIDTH, ROW_HEIGHT * known.length];
  const label = known.map(({ name, wordErrorRatio }) => `${name} ${percentText(wordErrorRatio)}`).join(', ');
  const bars = known.map((row, index) => drawBar(row, index * ROW_HEIGHT, scale));
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`Word error rates: ${label}`)}">${bars.join('')}</svg>`;
}

function drawBar({ name, wordErrorRatio, wordErrorInterval }: SliceSummary, top: number, scale: (ratio: number) => number): string {
  const [middle, ratio] = [top + ROW_HEIGHT / 2, wordErrorRatio ?? 0];
  const at = (value: number): string => (NAME_WIDTH + scale(value)).toFixed(1);
  const whisker = wordErrorInterval
    ? `<path class="interval" d="M${at(wordErrorInterval.low)} ${middle}H${at(wordErrorInterval.high)}m0-5v10M${at(wordErrorInterval.low)} ${middle - 5}v10"/>`
    : '';
  return [
    `<text x="${NAME_WIDTH - 8}" y="${middle + 4}" text-anchor="end">${escapeHtml(name)}</text>`,
    `<rect class="bar" x="${NAME_WIDTH}" y="${top + 5}" width="${scale(ratio).toFixed(1)}" height="${ROW_HEIGHT - 10}"/>`,
    whisker,
    `<text x="${NAME_WIDTH + BAR_WIDTH + 8}" y="${middle + 4}">${percentText(wordErrorRatio)}</text>`,
  ].join('');
}
