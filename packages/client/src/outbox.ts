import type { ClipState } from '@outspoken/protocol';
import type { OutgoingClip } from './outgoing-clip.ts';

/** Clips that have no final yet, in the order in which they were made, within a bound of memory. */
export class Outbox {
  readonly #maxBytes: number;
  readonly #clips = new Map<string, OutgoingClip>();
  readonly #finished: Record<ClipState, number> = emptyCounts();
  #sizeBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get clipCount(): number {
    return this.#clips.size;
  }

  /** The clips, oldest first. Clips may be removed while this is walked. */
  values(): IterableIterator<OutgoingClip> {
    return this.#clips.values();
  }

  get(clipId: string): OutgoingClip | undefined {
    return this.#clips.get(clipId);
  }

  /** The clip that must go before `bytes` more fit; the oldest, and `undefined` when they fit. */
  nextToEvict(bytes: number): OutgoingClip | undefined {
    return this.#sizeBytes + bytes <= this.#maxBytes ? undefined : this.#clips.values().next().value;
  }

  add(clip: OutgoingClip): void {
    this.#clips.set(clip.clipId, clip);
    this.#sizeBytes += clip.sizeBytes;
  }

  /** Appends audio to a clip that is in the outbox. Room must have been made before. */
  append(clip: OutgoingClip, samples: Int16Array): void {
    clip.audio.append(samples);
    this.#sizeBytes += samples.length * 2;
  }

  /** Lets go of a clip that reached a terminal state. */
  remove(clip: OutgoingClip): void {
    if (!this.#clips.delete(clip.clipId)) return;
    this.#sizeBytes -= clip.sizeBytes;
    this.#finished[clip.state]++;
  }

  /** Clips by state, the finished ones of the client's whole life included. */
  counts(): Readonly<Record<ClipState, number>> {
    const counts = { ...this.#finished };
    for (const clip of this.#clips.values()) counts[clip.state]++;
    return counts;
  }
}

function emptyCounts(): Record<ClipState, number> {
  return { CAPTURED: 0, SENT: 0, ACCEPTED: 0, BACKOFF: 0, FINAL: 0, REJECTED: 0, CANCELLED: 0, EXPIRED: 0, EVICTED: 0 };
}
