/** A line of a {@link Plot}. */
export interface PlotSeries {
  /** Shown in the legend. */
  readonly label: string;
  /** Class of the line: its colour and dashes come from the style sheet of the page. */
  readonly style: string;
  readonly points: readonly PlotPoint[];
}

/** A measured place. */
export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** Drawn full; hollow when the load was not carried. */
  readonly isCarried: boolean;
}

/** A line across the plot at one value. */
interface PlotMark {
  readonly value: number;
  readonly label: string;
  readonly style: string;
}

/** What is drawn: both axes are logarithmic, since loads are tried by ratios and latencies span decades. */
export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly PlotSeries[];
  /** Across at a height, and upright at a load. */
  readonly levels: readonly PlotMark[];
  readonly loads: readonly PlotMark[];
}

const WIDTH = 420;
const HEIGHT = 290;
const FRAME = { left: 50, right: 14, top: 36, bottom: 42 } as const;
/** Room between the outermost value and the frame, as a factor. */
const PADDING_FACTOR = 1.15;
const LABEL_LINE = 13;
/** Digits of the ticks, and how many ticks must be in sight for them. */
const TICK_DIGITS: readonly (readonly [digits: readonly number[], enough: number])[] = [
  [[1], 4],
  [[1, 2, 5], 3],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9], 2],
];

interface Scale {
  readonly ticks: readonly number[];
  place(value: number): number;
}

/** Draws a plot as an SVG element; empty when there is no point. */
export function drawPlot(plot: Plot): string {
  const points = plot.series.flatMap((series) => series.points).filter(isDrawable);
  if (points.length === 0) {
    return '';
  }
  const x = createScale([...points.map((point) => point.x), ...plot.loads.map(({ value }) => value)], FRAME.left, WIDTH - FRAME.right);
  const y = createScale([...points.map((point) => point.y), ...plot.levels.map(({ value }) => value)], HEIGHT - FRAME.bottom, FRAME.top);
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${plot.title}: ${plot.yLabel} against ${plot.xLabel}`)}">
${drawAxes(plot, x, y)}
${plot.levels.map((mark) => drawLevel(mark, y)).join('\n')}
${plot.loads.map((mark, index) => drawLoad(mark, x, index)).join('\n')}
${plot.series.map((series) => drawSeries(series, x, y)).join('\n')}
</svg>`;
}

/** Text as it may stand in HTML and in an attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Round values from `low` to `high`: powers of ten, with 2 and 5 between them, or all digits, whichever are enough first. */
export function logTicks(low: number, high: number): number[] {
  const exponents = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, index) => Math.floor(Math.log10(low)) + index,
  );
  for (const [digits, enough] of TICK_DIGITS) {
    const ticks = exponents.flatMap((exponent) => digits.map((digit) => Number(`${digit}e${exponent}`)));
    const inside = ticks.filter((tick) => tick >= low && tick <= high);
    if (inside.length >= enough) {
      return inside;
    }
  }
  // Less than a digit apart: whole steps of the third place.
  return [...new Set([low, Math.sqrt(low * high), high].map((value) => Number(value.toPrecision(3))))];
}

function createScale(values: readonly number[], from: number, to: number): Scale {
  const drawable = values.filter((value) => value > 0);
  const low = Math.min(...drawable) / PADDING_FACTOR;
  const high = Math.max(...drawable) * PADDING_FACTOR;
  const place = (value: number): number => from + (Math.log(value / low) / Math.log(high / low)) * (to - from);
  return { ticks: logTicks(low, high), place };
}

function drawAxes({ title, xLabel, yLabel }: Plot, x: Scale, y: Scale): string {
  const [right, bottom] = [WIDTH - FRAME.right, HEIGHT - FRAME.bottom];
  return [
    `<text class="title" x="${FRAME.left}" y="14">${escapeHtml(title)}</text>`,
    ...x.ticks.map((tick) => {
      const at = round(x.place(tick));
      return `<path class="grid" d="M${at} ${FRAME.top}V${bottom}"/><text x="${at}" y="${bottom + 15}" text-anchor="middle">${tick}</text>`;
    }),
    ...y.ticks.map((tick) => {
      const at = round(y.place(tick));
      return `<path class="grid" d="M${FRAME.left} ${at}H${right}"/><text x="${FRAME.left - 6}" y="${at + 4}" text-anchor="end">${tick}</text>`;
    }),
    `<path class="axis" d="M${FRAME.left} ${FRAME.top}V${bottom}H${right}"/>`,
    `<text x="${(FRAME.left + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escapeHtml(xLabel)}</text>`,
    `<text x="12" y="${(FRAME.top + bottom) / 2}" text-anchor="middle" transform="rotate(-90 12 ${(FRAME.top + bottom) / 2})">${escapeHtml(yLabel)}</text>`,
  ].join('\n');
}

function drawLevel({ value, label, style }: PlotMark, y: Scale): string {
  const at = round(y.place(value));
  return `<path class="mark ${style}" d="M${FRAME.left} ${at}H${WIDTH - FRAME.right}"/><text class="note ${style}" x="${FRAME.left + 4}" y="${at - 4}">${escapeHtml(label)}</text>`;
}

/** Labels of several marks stand on lines of their own: two knees may be close. */
function drawLoad({ value, label, style }: PlotMark, x: Scale, index: number): string {
  const at = round(x.place(value));
  const isRightHalf = at > (FRAME.left + WIDTH - FRAME.right) / 2;
  const anchor = isRightHalf ? `x="${at - 4}" text-anchor="end"` : `x="${at + 4}"`;
  return `<path class="mark ${style}" d="M${at} ${FRAME.top}V${HEIGHT - FRAME.bottom}"/><text class="note ${style}" ${anchor} y="${FRAME.top + 10 + LABEL_LINE * index}">${escapeHtml(label)}</text>`;
}

function drawSeries({ label, style, points }: PlotSeries, x: Scale, y: Scale): string {
  const placed = points
    .filter(isDrawable)
    .sort((a, b) => a.x - b.x)
    .map((point) => ({ ...point, at: `${round(x.place(point.x))} ${round(y.place(point.y))}` }));
  if (placed.length === 0) {
    return '';
  }
  const dots = placed.map(({ at, isCarried, x: load, y: value }) => {
    const [cx, cy] = at.split(' ');
    const name = escapeHtml(`${label}: ${Number(value.toPrecision(3))} at ${load}`);
    return `<circle class="${isCarried ? 'carried' : 'failed'}" cx="${cx}" cy="${cy}" r="3"><title>${name}</title></circle>`;
  });
  return `<g class="series ${style}"><path d="M${placed.map(({ at }) => at).join('L')}"/>${dots.join('')}</g>`;
}

function isDrawable({ x, y }: PlotPoint): boolean {
  return x > 0 && y > 0 && Number.isFinite(x) && Number.isFinite(y);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
