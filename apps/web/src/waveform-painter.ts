import type { ClipMark, GateKind, Timeline } from './timeline.ts';

/** Colours of the plot, read from the style sheet. */
export interface PlotPalette {
  readonly grid: string;
  readonly axis: string;
  readonly quiet: string;
  readonly speech: string;
  readonly speechTint: string;
  readonly tentative: string;
  readonly hangover: string;
  readonly probability: string;
  readonly panel: string;
  readonly font: string;
}

/** Size and time span of the plot, in CSS pixels and milliseconds. */
export interface PlotFrame {
  readonly width: number;
  readonly height: number;
  readonly spanMs: number;
}

/** Session time at x = 0, and the columns that may be painted. */
export interface PlotWindow {
  readonly originMs: number;
  readonly fromX: number;
  readonly toX: number;
}

const CLIP_STRIP = 26;
const AXIS_STRIP = 20;
const FLOOR_DBFS = -66;
const FRAME_MS = 32;
const MINIMUM_BAR_PITCH = 2.6;
const HATCH_PITCH = 6;
const LABEL_HALF_WIDTH = 16;
const MAXIMUM_JOIN_MS = 100;

/** Paints one window of the timeline: axis, gate, level, probability, clips. A few hundred rectangles, nothing kept between calls. */
export function paintWindow(
  context: CanvasRenderingContext2D,
  timeline: Timeline,
  frame: PlotFrame,
  window: PlotWindow,
  palette: PlotPalette,
): void {
  const plot = new PlotPainter(context, frame, window, palette);
  context.save();
  context.beginPath();
  context.rect(window.fromX, 0, window.toX - window.fromX, frame.height);
  context.clip();
  plot.paintAxis();
  plot.paintRegions(timeline);
  plot.paintLevels(timeline);
  plot.paintProbability(timeline);
  plot.paintClips(timeline);
  context.restore();
}

class PlotPainter {
  readonly #context: CanvasRenderingContext2D;
  readonly #frame: PlotFrame;
  readonly #window: PlotWindow;
  readonly #palette: PlotPalette;
  readonly #pixelsPerMs: number;
  readonly #top = CLIP_STRIP;
  readonly #bottom: number;

  constructor(context: CanvasRenderingContext2D, frame: PlotFrame, window: PlotWindow, palette: PlotPalette) {
    this.#context = context;
    this.#frame = frame;
    this.#window = window;
    this.#palette = palette;
    this.#pixelsPerMs = frame.width / frame.spanMs;
    this.#bottom = frame.height - AXIS_STRIP;
  }

  paintAxis(): void {
    const context = this.#context;
    const firstMs = Math.max(0, Math.ceil(this.#timeAt(0) / 1000 - 1) * 1000);
    context.font = this.#palette.font;
    context.textBaseline = 'middle';
    const labelEveryMs = this.#frame.width < 560 ? 4000 : 2000;
    for (let timeMs = firstMs; this.#x(timeMs) < this.#frame.width; timeMs += 1000) {
      const x = Math.round(this.#x(timeMs)) + 0.5;
      context.fillStyle = this.#palette.grid;
      context.fillRect(x - 0.5, this.#top, 1, this.#bottom - this.#top);
      if (timeMs % labelEveryMs !== 0) continue;
      context.fillStyle = this.#palette.axis;
      const seconds = timeMs / 1000;
      const label = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
      context.textAlign = timeMs === 0 ? 'left' : 'center';
      if (x > LABEL_HALF_WIDTH || timeMs === 0) context.fillText(label, timeMs === 0 ? x + 3 : x, this.#bottom + AXIS_STRIP / 2 + 1);
    }
    context.fillStyle = this.#palette.grid;
    for (const y of [this.#top, this.#yOfProbability(0.5), this.#bottom]) context.fillRect(0, Math.round(y), this.#frame.width, 1);
  }

  paintRegions(timeline: Timeline): void {
    const lastMs = timeline.lastMs;
    for (const region of timeline.regions) {
      const startX = this.#x(region.startMs);
      const endX = this.#x(region.endMs ?? lastMs);
      if (endX < this.#window.fromX || startX > this.#window.toX || endX - startX < 0.5) continue;
      this.#fillRegion(region.kind, startX, endX);
    }
  }

  paintLevels(timeline: Timeline): void {
    const framesPerBar = Math.max(1, Math.ceil(MINIMUM_BAR_PITCH / (FRAME_MS * this.#pixelsPerMs)));
    const barWidth = Math.max(1, framesPerBar * FRAME_MS * this.#pixelsPerMs - 1);
    const middle = (this.#top + this.#bottom) / 2;
    const reach = (this.#bottom - this.#top) / 2 - 6;
    const context = this.#context;
    const first = Math.floor(timeline.firstFrameIndex / framesPerBar) * framesPerBar;
    for (let index = first; index < timeline.frameCount; index += framesPerBar) {
      const bar = readBar(timeline, index, framesPerBar);
      if (!bar) continue;
      const x = this.#x(bar.endMs) - barWidth;
      if (x + barWidth < this.#window.fromX || x > this.#window.toX) continue;
      const half = Math.max(0.5, reach * levelRatio(bar.levelDbfs));
      const isHeard = isInSpeech(timeline, bar.endMs - FRAME_MS / 2);
      context.fillStyle = isHeard ? this.#palette.speech : this.#palette.quiet;
      // Single rectangles: without a GPU they cost a third of one path that holds them all.
      context.fillRect(x, middle - half, barWidth, half * 2);
    }
  }

  paintProbability(timeline: Timeline): void {
    const line = new Path2D();
    let previousMs = Number.NEGATIVE_INFINITY;
    for (let index = timeline.firstFrameIndex; index < timeline.frameCount; index += 1) {
      const frame = timeline.frame(index);
      if (!frame) continue;
      const x = this.#x(frame.timeMs);
      if (x < this.#window.fromX - 8 || x > this.#window.toX + 8) continue;
      const y = this.#yOfProbability(frame.probability);
      // Nothing was heard in a gap (muted, stopped), so nothing is drawn across it.
      if (frame.timeMs - previousMs <= MAXIMUM_JOIN_MS) line.lineTo(x, y);
      else line.moveTo(x, y);
      previousMs = frame.timeMs;
    }
    const context = this.#context;
    context.lineJoin = 'round';
    // A halo in the colour of the panel keeps the line legible where it crosses the bars.
    context.strokeStyle = this.#palette.panel;
    context.lineWidth = 4;
    context.globalAlpha = 0.7;
    context.stroke(line);
    context.globalAlpha = 1;
    context.strokeStyle = this.#palette.probability;
    context.lineWidth = 1.5;
    context.stroke(line);
  }

  paintClips(timeline: Timeline): void {
    for (const clip of timeline.clips) {
      const startX = this.#x(clip.startMs);
      const endX = this.#x(clip.endMs ?? timeline.lastMs);
      if (endX < this.#window.fromX || startX > this.#window.toX) continue;
      this.#strokeClip(clip, startX, endX);
    }
  }

  #strokeClip(clip: ClipMark, startX: number, endX: number): void {
    const context = this.#context;
    const isSettled = clip.state === 'done';
    const left = Math.round(startX) + 0.5;
    const right = Math.max(left + 6, Math.round(endX) - 0.5);
    const top = 5.5;
    const foot = this.#bottom - 2.5;
    context.strokeStyle = clip.state === 'failed' || clip.state === 'empty' ? this.#palette.axis : this.#palette.speech;
    context.lineWidth = 1.25;
    context.setLineDash(clip.state === 'open' || clip.state === 'waiting' ? [3, 3] : []);
    context.beginPath();
    context.moveTo(left + 5, foot);
    context.lineTo(left, foot);
    context.lineTo(left, top);
    context.lineTo(right, top);
    if (clip.endMs !== undefined) {
      context.lineTo(right, foot);
      context.lineTo(right - 5, foot);
    }
    context.stroke();
    context.setLineDash([]);
    const label = `#${clip.number}`;
    const labelWidth = context.measureText(label).width + 10;
    context.fillStyle = isSettled ? this.#palette.speech : this.#palette.panel;
    context.fillRect(left, top, labelWidth, 15);
    context.strokeRect(left, top, labelWidth, 15);
    context.fillStyle = isSettled ? this.#palette.panel : context.strokeStyle;
    context.textAlign = 'center';
    context.fillText(label, left + labelWidth / 2, top + 8);
  }

  #fillRegion(kind: GateKind, startX: number, endX: number): void {
    const context = this.#context;
    const height = this.#bottom - this.#top;
    if (kind === 'speech') {
      context.fillStyle = this.#palette.speechTint;
      context.fillRect(startX, this.#top, endX - startX, height);
      return;
    }
    context.save();
    context.beginPath();
    context.rect(startX, this.#top, endX - startX, height);
    context.clip();
    context.strokeStyle = kind === 'hangover' ? this.#palette.hangover : this.#palette.tentative;
    context.globalAlpha = kind === 'misfire' ? 0.35 : 0.6;
    context.lineWidth = 1;
    context.beginPath();
    // Hatching tells the kinds apart without colour: it leans right while speech may begin, left while it may end.
    const lean = kind === 'hangover' ? -height : height;
    const from = Math.floor((startX - height) / HATCH_PITCH) * HATCH_PITCH - this.#hatchShift();
    for (let x = from; x < endX + height; x += HATCH_PITCH) {
      context.moveTo(x, this.#bottom);
      context.lineTo(x + lean, this.#top);
    }
    context.stroke();
    context.restore();
  }

  // Hatching is fixed to time, not to the canvas; else it would crawl as the plot scrolls.
  #hatchShift(): number {
    return (this.#window.originMs * this.#pixelsPerMs) % HATCH_PITCH;
  }

  #x(timeMs: number): number {
    return (timeMs - this.#window.originMs) * this.#pixelsPerMs;
  }

  #timeAt(x: number): number {
    return this.#window.originMs + x / this.#pixelsPerMs;
  }

  #yOfProbability(probability: number): number {
    return this.#bottom - 3 - probability * (this.#bottom - this.#top - 6);
  }
}

function levelRatio(levelDbfs: number): number {
  return Math.min(1, Math.max(0, 1 - levelDbfs / FLOOR_DBFS)) ** 1.6;
}

function readBar(timeline: Timeline, index: number, framesPerBar: number): { endMs: number; levelDbfs: number } | undefined {
  let levelDbfs = Number.NEGATIVE_INFINITY;
  let endMs: number | undefined;
  for (let offset = 0; offset < framesPerBar; offset += 1) {
    const frame = timeline.frame(index + offset);
    if (!frame) continue;
    levelDbfs = Math.max(levelDbfs, frame.levelDbfs);
    // The bar stands where it will stand when all of its frames are there, so that the newest one does not jump.
    endMs = frame.timeMs + (framesPerBar - 1 - offset) * FRAME_MS;
  }
  return endMs === undefined ? undefined : { endMs, levelDbfs };
}

function isInSpeech(timeline: Timeline, timeMs: number): boolean {
  return timeline.regions.some(
    (region) =>
      region.kind !== 'misfire' &&
      region.kind !== 'tentative' &&
      region.startMs <= timeMs &&
      (region.endMs === undefined || timeMs < region.endMs),
  );
}
