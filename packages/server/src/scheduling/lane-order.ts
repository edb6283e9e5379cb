import { LaneQueue, type Measured } from './lane-queue.ts';
import type { Lane } from './scheduled-job.ts';

/** Live speech is about for this time, in milliseconds, after its last job: the pause of somebody who thinks between two sentences. */
const LIVE_MS = 10_000;

/** What {@link LaneOrder.mayTakeFile} looks at. */
export interface SlotUse {
  readonly nowMs: number;
  /** Slots of all workers. */
  readonly slots: number;
  /** Clips of files that run. */
  readonly runningFiles: number;
}

/**
 * The lanes and whose turn it is. Finals come first: somebody waits for each of them. After them live speech (interims, then
 * speculative decodes) and files take turns, so that a batch of recordings starves no guess, and guesses starve no batch.
 */
export class LaneOrder<T extends Measured> {
  readonly lanes: Readonly<Record<Lane, LaneQueue<T>>> = {
    final: new LaneQueue<T>(),
    interim: new LaneQueue<T>(),
    speculative: new LaneQueue<T>(),
    file: new LaneQueue<T>(),
  };
  #isFileNext = false;
  #liveUntilMs = Number.NEGATIVE_INFINITY;

  /** Items of all lanes. */
  get size(): number {
    return this.#sum((lane) => lane.size);
  }

  /** Audio of all lanes, in milliseconds. */
  get audioMs(): number {
    return this.#sum((lane) => lane.audioMs);
  }

  /** Notes that somebody speaks. */
  noteLive(nowMs: number): void {
    this.#liveUntilMs = nowMs + LIVE_MS;
  }

  /**
   * Whether another clip of a file may begin. While live speech is about, files leave one slot of several to it, so that a final need
   * not wait until one of their clips ends. They always have a slot themselves: whenever one must wait, another runs, and its end is
   * the time to ask again.
   */
  mayTakeFile({ nowMs, slots, runningFiles }: SlotUse): boolean {
    return slots < 2 || runningFiles < slots - 1 || !this.isLive(nowMs);
  }

  /** Whether live speech is about: then the clips of files run one by one, so that a final never waits for more than one of them. */
  isLive(nowMs: number): boolean {
    return nowMs < this.#liveUntilMs;
  }

  /** Items that would begin now if each had a slot; those of files do not count if none may begin. */
  startable(mayTakeFile: boolean): number {
    return this.size - (mayTakeFile ? 0 : this.lanes.file.size);
  }

  /** Takes out the item whose turn it is; none of a file if none may begin. */
  take(mayTakeFile = true): T | undefined {
    if (!mayTakeFile) return this.lanes.final.take() ?? this.#takeLive();
    return this.lanes.final.take() ?? (this.#isFileNext ? (this.#takeFile() ?? this.#takeLive()) : (this.#takeLive() ?? this.#takeFile()));
  }

  /**
   * Takes out what may lie in the hand of a busy worker: a final, or a clip of a file if one may. Nothing while it is the turn of live
   * guesses, which are renewed and dropped too often to leave the queue early.
   */
  takeForHand(mayTakeFile = true): T | undefined {
    const final = this.lanes.final.take();
    if (final !== undefined || !mayTakeFile) return final;
    const isLiveNext = !this.#isFileNext && this.lanes.interim.size + this.lanes.speculative.size > 0;
    return isLiveNext ? undefined : this.#takeFile();
  }

  #takeLive(): T | undefined {
    const item = this.lanes.interim.take() ?? this.lanes.speculative.take();
    if (item !== undefined) this.#isFileNext = true;
    return item;
  }

  #takeFile(): T | undefined {
    const item = this.lanes.file.take();
    if (item !== undefined) this.#isFileNext = false;
    return item;
  }

  #sum(figure: (lane: LaneQueue<T>) => number): number {
    return Object.values(this.lanes).reduce((sum, lane) => sum + figure(lane), 0);
  }
}
