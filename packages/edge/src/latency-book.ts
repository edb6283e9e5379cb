import type { CutClip } from './speech-narrator.ts';

/** Clips that may wait for a transcript; more than the outbox ever holds, a bound only. */
const MAXIMUM_CLIPS = 4_096;

/** Remembers when each clip was cut, to tell how long its transcript took. */
export class LatencyBook {
  readonly #now: () => number;
  readonly #cuts = new Map<string, { readonly cutAtMs: number; readonly voicedAgeMs: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes a clip that was just cut. */
  open(clip: CutClip): void {
    const oldest = this.#cuts.size >= MAXIMUM_CLIPS ? this.#cuts.keys().next().value : undefined;
    if (oldest !== undefined) {
      this.#cuts.delete(oldest);
    }
    this.#cuts.set(clip.clipId, { cutAtMs: this.#now(), voicedAgeMs: clip.voicedAgeMs });
  }

  /** Tells how long ago a clip was cut and its last sound was heard, and forgets it; nothing when it was not cut here. */
  close(clipId: string): { readonly latencyMs?: number; readonly sinceSpeechMs?: number } {
    const cut = this.#cuts.get(clipId);
    this.#cuts.delete(clipId);
    if (!cut) {
      return {};
    }
    const latencyMs = this.#now() - cut.cutAtMs;
    return { latencyMs, sinceSpeechMs: latencyMs + cut.voicedAgeMs };
  }
}
