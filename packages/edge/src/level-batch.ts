import type { LevelFrame } from './capture-event.ts';

/** At most 20 messages a second reach the page, each with what has come since the last. */
const MINIMUM_INTERVAL_MS = 50;

/** Gathers level frames, so that the page's thread is woken a few times a second and not for every frame. */
export class LevelBatch {
  readonly #post: (frames: readonly LevelFrame[]) => void;
  readonly #now: () => number;
  #frames: LevelFrame[] = [];
  #postedAtMs = Number.NEGATIVE_INFINITY;

  constructor(post: (frames: readonly LevelFrame[]) => void, now: () => number) {
    this.#post = post;
    this.#now = now;
  }

  /** Takes a frame; posts when the last batch is long enough ago. */
  push(frame: LevelFrame): void {
    this.#frames.push(frame);
    if (this.#now() - this.#postedAtMs >= MINIMUM_INTERVAL_MS) {
      this.flush();
    }
  }

  /** Posts what is there. */
  flush(): void {
    if (this.#frames.length > 0) {
      const frames = this.#frames;
      this.#frames = [];
      this.#postedAtMs = this.#now();
      this.#post(frames);
    }
  }
}
