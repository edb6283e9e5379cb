/** What the speech gate thinks of a stretch of sound. */
export type GateKind = 'tentative' | 'speech' | 'hangover' | 'misfire';

/** A stretch of session time; open at the right while `endMs` is missing. */
export interface GateRegion {
  readonly kind: GateKind;
  readonly startMs: number;
  readonly endMs?: number;
}

/** Where a clip stands, as far as the plot shows it. */
type ClipMarkState = 'open' | 'waiting' | 'done' | 'empty' | 'failed';

/** A clip on the time axis. */
export interface ClipMark {
  readonly number: number;
  readonly startMs: number;
  readonly endMs?: number;
  readonly state: ClipMarkState;
}

/** One frame of the speech detector. */
export interface TimelineFrame {
  readonly timeMs: number;
  readonly levelDbfs: number;
  readonly probability: number;
}

/** Frames kept: 16 s of 32 ms, more than the plot shows. */
const CAPACITY_FRAMES = 512;
const KEPT_MS = 20_000;

/** The last seconds of a session: level and probability per frame, regions of the gate, clips. Holds data only. */
export class Timeline {
  readonly #frames: TimelineFrame[] = new Array<TimelineFrame>(CAPACITY_FRAMES);
  #count = 0;
  #regions: GateRegion[] = [];
  #clips = new Map<string, ClipMark>();

  /** Frames pushed since the start; indices below `frameCount - capacity` are gone. */
  get frameCount(): number {
    return this.#count;
  }

  get firstFrameIndex(): number {
    return Math.max(0, this.#count - CAPACITY_FRAMES);
  }

  get regions(): readonly GateRegion[] {
    return this.#regions;
  }

  get clips(): Iterable<ClipMark> {
    return this.#clips.values();
  }

  /** Time of the newest frame, or 0. */
  get lastMs(): number {
    return this.frame(this.#count - 1)?.timeMs ?? 0;
  }

  frame(index: number): TimelineFrame | undefined {
    return index < this.firstFrameIndex || index >= this.#count ? undefined : this.#frames[index % CAPACITY_FRAMES];
  }

  pushFrame(frame: TimelineFrame): void {
    this.#frames[this.#count % CAPACITY_FRAMES] = frame;
    this.#count += 1;
  }

  /** Opens a region; what was open ends there, and what began later (the gate dates speech back) is replaced. */
  openRegion(kind: GateKind, startMs: number): void {
    this.#cutRegions(startMs);
    this.#regions.push({ kind, startMs });
    this.#forget(startMs);
  }

  /** Ends the open region. */
  closeRegion(endMs: number): void {
    const last = this.#regions.at(-1);
    if (last && last.endMs === undefined) this.#regions[this.#regions.length - 1] = { ...last, endMs: Math.max(endMs, last.startMs) };
  }

  /** Marks what looked like speech as a misfire: it was heard, and not sent. */
  markMisfire(startMs: number, endMs: number): void {
    this.#cutRegions(startMs);
    this.#regions.push({ kind: 'misfire', startMs, endMs });
  }

  setClip(clipId: string, mark: ClipMark): void {
    this.#clips.set(clipId, mark);
  }

  updateClip(clipId: string, change: Partial<ClipMark>): void {
    const mark = this.#clips.get(clipId);
    if (mark) this.#clips.set(clipId, { ...mark, ...change });
  }

  /** Marks a clip as refused; one that is still spoken ends here on the plot. */
  failClip(clipId: string): void {
    const mark = this.#clips.get(clipId);
    if (mark) this.#clips.set(clipId, { ...mark, endMs: mark.endMs ?? this.lastMs, state: 'failed' });
  }

  clear(): void {
    this.#count = 0;
    this.#regions = [];
    this.#clips.clear();
  }

  #cutRegions(startMs: number): void {
    this.#regions = this.#regions.filter((region) => region.startMs < startMs);
    const last = this.#regions.at(-1);
    if (last && (last.endMs === undefined || last.endMs > startMs)) this.#regions[this.#regions.length - 1] = { ...last, endMs: startMs };
  }

  #forget(nowMs: number): void {
    const oldestMs = nowMs - KEPT_MS;
    this.#regions = this.#regions.filter((region) => region.endMs === undefined || region.endMs > oldestMs);
    for (const [clipId, mark] of this.#clips) {
      if (mark.endMs !== undefined && mark.endMs < oldestMs) this.#clips.delete(clipId);
    }
  }
}
