import { requireElement } from './dom.ts';
import type { Timeline } from './timeline.ts';
import { type PlotPalette, paintWindow } from './waveform-painter.ts';

const SPAN_MS = 12_000;
/** The plot runs this far behind the sound, so that a late batch of frames does not make it stumble. */
const LAG_MS = 90;
/** Every second frame of a 60 Hz screen: it moves three pixels at a time, for half of the energy. */
const MINIMUM_PAINT_INTERVAL_MS = 24;
const SWEEP_GAP = 14;
const MAXIMUM_PIXEL_RATIO = 3;

/**
 * The live plot. It scrolls; where the person prefers reduced motion it stands still and is overwritten from left to right instead,
 * as on a bedside monitor.
 */
export class WaveformView {
  readonly #canvas = requireElement('waveform', HTMLCanvasElement);
  readonly #context = this.#canvas.getContext('2d', { alpha: true });
  readonly #reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');
  readonly #timeline: Timeline;
  #palette: PlotPalette | undefined;
  #frameRequest: number | undefined;
  #isRunning = false;
  #paintedAtMs = 0;
  /** Session time minus page time, smoothed: batches arrive unevenly, sound does not. */
  #offsetMs: number | undefined;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
    new ResizeObserver(() => this.#resize()).observe(this.#canvas);
    document.addEventListener('visibilitychange', () => this.#schedule());
    this.#reducedMotion.addEventListener('change', () => this.#schedule());
  }

  /** Reads the colours again. */
  refreshTheme(): void {
    this.#palette = undefined;
    this.#schedule();
  }

  /** Notes that frames arrived. */
  notifyFrames(): void {
    const measuredMs = this.#timeline.lastMs - performance.now();
    const known = this.#offsetMs;
    this.#offsetMs = known === undefined || Math.abs(measuredMs - known) > 250 ? measuredMs : known + (measuredMs - known) * 0.08;
    if (!this.#isRunning) this.#schedule();
  }

  /** Draws continuously while sound arrives; else only when something changed. */
  setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
    if (!isRunning) this.#offsetMs = undefined;
    this.#schedule();
  }

  /** Draws once more, for a change outside the stream of frames. */
  refresh(): void {
    this.#schedule();
  }

  #schedule(): void {
    if (document.hidden || this.#frameRequest !== undefined) return;
    this.#frameRequest = requestAnimationFrame((nowMs) => {
      this.#frameRequest = undefined;
      if (!this.#isRunning || nowMs - this.#paintedAtMs >= MINIMUM_PAINT_INTERVAL_MS) {
        this.#paintedAtMs = nowMs;
        this.#paint();
      }
      if (this.#isRunning) this.#schedule();
    });
  }

  #resize(): void {
    const ratio = Math.min(devicePixelRatio, MAXIMUM_PIXEL_RATIO);
    const width = Math.round(this.#canvas.clientWidth * ratio);
    const height = Math.round(this.#canvas.clientHeight * ratio);
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#schedule();
  }

  #paint(): void {
    const context = this.#context;
    const width = this.#canvas.clientWidth;
    const height = this.#canvas.clientHeight;
    if (!context || width === 0) return;
    this.#palette ??= readPalette(this.#canvas);
    const palette = this.#palette;
    context.setTransform(this.#canvas.width / width, 0, 0, this.#canvas.height / height, 0, 0);
    context.clearRect(0, 0, width, height);
    const frame = { width, height, spanMs: SPAN_MS };
    const nowMs = this.#sessionNowMs();
    const pageMs = this.#reducedMotion.matches ? Math.floor(nowMs / SPAN_MS) * SPAN_MS : 0;
    if (pageMs === 0) {
      const originMs = this.#reducedMotion.matches ? 0 : nowMs - SPAN_MS;
      paintWindow(context, this.#timeline, frame, { originMs, fromX: 0, toX: width }, palette);
      return;
    }
    const cursorX = ((nowMs - pageMs) / SPAN_MS) * width;
    paintWindow(context, this.#timeline, frame, { originMs: pageMs, fromX: 0, toX: cursorX }, palette);
    const earlier = { originMs: pageMs - SPAN_MS, fromX: Math.min(width, cursorX + SWEEP_GAP), toX: width };
    paintWindow(context, this.#timeline, frame, earlier, palette);
  }

  #sessionNowMs(): number {
    const lastMs = this.#timeline.lastMs;
    if (!this.#isRunning || this.#offsetMs === undefined) return Math.max(lastMs, this.#reducedMotion.matches ? 0 : SPAN_MS);
    // Never ahead of what was heard by more than one batch: a stalled stream stands still.
    const nowMs = Math.min(performance.now() + this.#offsetMs - LAG_MS, lastMs);
    return this.#reducedMotion.matches ? nowMs : Math.max(nowMs, SPAN_MS);
  }
}

function readPalette(element: Element): PlotPalette {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  return {
    grid: color('--grid'),
    axis: color('--ink-3'),
    quiet: color('--quiet'),
    speech: color('--speech'),
    speechTint: color('--speech-tint'),
    tentative: color('--tentative'),
    hangover: color('--hangover'),
    probability: color('--probability'),
    panel: color('--panel'),
    font: `11px ${style.getPropertyValue('--mono')}`,
  };
}
