import { AudioBudget } from './clip-audio.ts';

const BYTES_PER_SAMPLE = 4;
// A batch of recordings must leave room for those who speak now.
const FILE_RATIO = 0.5;

/** What files may hold of the audio that all sessions share. A clip that finds no room waits: see {@link tryAcquire}. */
export class FileBudget {
  readonly #shared: AudioBudget;
  readonly #own: AudioBudget;
  readonly #maximumBytes: number;

  constructor(shared: AudioBudget, maximumAudioBytes: number) {
    this.#shared = shared;
    this.#maximumBytes = Math.floor(maximumAudioBytes * FILE_RATIO);
    this.#own = new AudioBudget(this.#maximumBytes);
  }

  /** Bytes held by files now. */
  get usedBytes(): number {
    return this.#own.usedBytes;
  }

  /** Takes room for a clip, if it is there. A clip larger than all there is takes all there is. @returns what to give back. */
  tryAcquire(lengthSamples: number): number | undefined {
    const sizeBytes = Math.min(lengthSamples * BYTES_PER_SAMPLE, this.#maximumBytes);
    if (!this.#own.tryAcquire(sizeBytes)) return undefined;
    if (this.#shared.tryAcquire(sizeBytes)) return sizeBytes;
    this.#own.release(sizeBytes);
    return undefined;
  }

  /** Gives room back. */
  release(sizeBytes: number): void {
    this.#own.release(sizeBytes);
    this.#shared.release(sizeBytes);
  }
}
