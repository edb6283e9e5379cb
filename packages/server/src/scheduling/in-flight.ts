import type { Entry } from './scheduled-job.ts';

interface Batch {
  readonly audioMs: number;
  readonly entries: Set<Entry>;
  /** When its worker began with it; absent while it lies in a hand. */
  begunAtMs: number | undefined;
}

/**
 * The batches that the dispatcher has. It does not tell when a batch leaves a hand, so that is inferred: whenever one ends, the one
 * that has been in a hand the longest begins.
 */
export class InFlight {
  readonly #batchOf = new Map<Entry, Batch>();
  /** In the order in which they were given away. */
  readonly #batches = new Set<Batch>();

  /** Clips, those in hands included. */
  get size(): number {
    return this.#batchOf.size;
  }

  /** Clips of files, those in hands included. */
  get fileClips(): number {
    let count = 0;
    for (const { lane } of this.#batchOf.keys()) if (lane === 'file') count += 1;
    return count;
  }

  /** Workers that are busy with something that is not a file. */
  get liveWorkers(): number {
    let count = 0;
    for (const { begunAtMs, entries } of this.#batches) {
      if (begunAtMs !== undefined && [...entries].some(({ lane }) => lane !== 'file')) count += 1;
    }
    return count;
  }

  /** The clips. */
  entries(): Entry[] {
    return [...this.#batchOf.keys()];
  }

  has(entry: Entry): boolean {
    return this.#batchOf.has(entry);
  }

  /** A batch was given to the dispatcher. */
  add(entries: readonly Entry[], options: { readonly nowMs: number; readonly isInHand: boolean }): void {
    const batch: Batch = {
      audioMs: entries.reduce((sum, { audioMs }) => sum + audioMs, 0),
      entries: new Set(entries),
      begunAtMs: options.isInHand ? undefined : options.nowMs,
    };
    this.#batches.add(batch);
    for (const entry of entries) this.#batchOf.set(entry, batch);
  }

  /** A clip has ended. */
  delete(entry: Entry, nowMs: number): void {
    const batch = this.#batchOf.get(entry);
    this.#batchOf.delete(entry);
    batch?.entries.delete(entry);
    if (batch === undefined || batch.entries.size > 0) return;
    this.#batches.delete(batch);
    if (batch.begunAtMs !== undefined) this.beginHeld(nowMs);
  }

  /** A worker is free: the batch that has been in a hand the longest begins. */
  beginHeld(nowMs: number): void {
    for (const next of this.#batches) {
      if (next.begunAtMs !== undefined) continue;
      next.begunAtMs = nowMs;
      return;
    }
  }

  /** Worker time that is left of all batches, in milliseconds. */
  remainingMs(nowMs: number, estimateMs: (audioMs: number) => number): number {
    let sumMs = 0;
    for (const batch of this.#batches) sumMs += leftMs(batch, nowMs, estimateMs);
    return sumMs;
  }

  /** Time until the first batch that runs will probably end, in milliseconds: a clip in a hand waits at least so long. */
  soonestEndMs(nowMs: number, estimateMs: (audioMs: number) => number): number {
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const batch of this.#batches) {
      if (batch.begunAtMs !== undefined) soonestMs = Math.min(soonestMs, leftMs(batch, nowMs, estimateMs));
    }
    return soonestMs === Number.POSITIVE_INFINITY ? 0 : soonestMs;
  }
}

function leftMs({ audioMs, begunAtMs }: Batch, nowMs: number, estimateMs: (audioMs: number) => number): number {
  return Math.max(0, estimateMs(audioMs) - (nowMs - (begunAtMs ?? nowMs)));
}
