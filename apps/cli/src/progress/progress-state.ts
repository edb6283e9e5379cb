/** How far a run of several files is. Times come from the caller, so that nothing here reads a clock. */
export class ProgressState {
  readonly #weights: readonly number[];
  readonly #totalWeight: number;
  readonly #fractions: number[];
  readonly #audioMs: number[];
  readonly #isDone: boolean[];
  #startedAtMs: number | undefined;

  /** @param sizes - Bytes of each file: what is known of its length before it is opened. */
  constructor(sizes: readonly number[]) {
    // A file of unknown size, such as a pipe, counts as much as any other: one byte would make it vanish.
    const known = sizes.filter((size) => size > 0);
    const typical = known.length === 0 ? 1 : known.reduce((sum, size) => sum + size, 0) / known.length;
    this.#weights = sizes.map((size) => (size > 0 ? size : typical));
    this.#totalWeight = this.#weights.reduce((sum, weight) => sum + weight, 0);
    this.#fractions = sizes.map(() => 0);
    this.#audioMs = sizes.map(() => 0);
    this.#isDone = sizes.map(() => false);
  }

  /** Work on a file has begun: the first one starts the clock of the speed. */
  begin(nowMs: number): void {
    this.#startedAtMs ??= nowMs;
  }

  /** Recognized so far of a file; its length when it is known. */
  advance(index: number, audioMs: number, durationMs: number | undefined): void {
    this.#audioMs[index] = audioMs;
    if (durationMs !== undefined && durationMs > 0) {
      // What a file states of its length is not always true; the last hundredth belongs to its end.
      this.#fractions[index] = Math.min(0.99, audioMs / durationMs);
    }
  }

  /** A file is through, with or without a result. */
  finish(index: number, audioMs = this.#audioMs[index] ?? 0): void {
    this.#audioMs[index] = audioMs;
    this.#fractions[index] = 1;
    this.#isDone[index] = true;
  }

  get doneCount(): number {
    return this.#isDone.filter(Boolean).length;
  }

  get fileCount(): number {
    return this.#weights.length;
  }

  /** Audio recognized so far, in milliseconds. */
  get audioMs(): number {
    return this.#audioMs.reduce((sum, value) => sum + value, 0);
  }

  /** 0 to 1 of the whole run. */
  get doneRatio(): number {
    const done = this.#fractions.reduce((sum, fraction, index) => sum + fraction * (this.#weights[index] ?? 0), 0);
    return this.#totalWeight === 0 ? 1 : done / this.#totalWeight;
  }

  /** Seconds of audio for each second of work. */
  speed(nowMs: number): number {
    const elapsedMs = nowMs - (this.#startedAtMs ?? nowMs);
    return elapsedMs <= 0 ? 0 : this.audioMs / elapsedMs;
  }

  /** Time that is left, in milliseconds, by what the work took so far; undefined before anything is done. */
  leftMs(nowMs: number): number | undefined {
    const ratio = this.doneRatio;
    return this.#startedAtMs === undefined || ratio <= 0 ? undefined : ((nowMs - this.#startedAtMs) * (1 - ratio)) / ratio;
  }
}
