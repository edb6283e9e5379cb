import { createHash } from 'node:crypto';

const BYTES_PER_SAMPLE = 4;
const FIRST_CAPACITY_SAMPLES = 16_000;

/** Bytes of audio that all sessions together may hold. */
export class AudioBudget {
  readonly #maximumBytes: number;
  #usedBytes = 0;

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  /** Bytes held now. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Takes bytes out of the budget, if they are there. */
  tryAcquire(sizeBytes: number): boolean {
    if (this.#usedBytes + sizeBytes > this.#maximumBytes) return false;
    this.#usedBytes += sizeBytes;
    return true;
  }

  /** Gives bytes back. */
  release(sizeBytes: number): void {
    this.#usedBytes -= sizeBytes;
  }
}

/**
 * What became of a chunk. `added`: all or its tail was new. `duplicate`: all of it was there already, alike.
 * `gap`: it starts beyond what was received. `conflict`: it differs from what was received at its place.
 * `too_long`: the clip would pass its maximum. `no_memory`: the budget of the server is used up. All but `added` change nothing.
 */
export type WriteResult = 'added' | 'duplicate' | 'gap' | 'conflict' | 'too_long' | 'no_memory';

/** The audio of one clip as it comes in: samples at offsets, once or many times, in a buffer that grows up to a bound. */
export class ClipAudio {
  readonly #budget: AudioBudget;
  readonly #maximumSamples: number;
  #samples = new Float32Array(0);
  #lengthSamples = 0;

  constructor(options: { readonly budget: AudioBudget; readonly maximumSamples: number }) {
    this.#budget = options.budget;
    this.#maximumSamples = options.maximumSamples;
  }

  /** Samples received without a gap. */
  get lengthSamples(): number {
    return this.#lengthSamples;
  }

  /** Takes a chunk at a position in the clip. Sending a chunk again is harmless. */
  write(offsetSamples: number, chunk: Float32Array): WriteResult {
    if (offsetSamples > this.#lengthSamples) return 'gap';
    const knownSamples = Math.min(chunk.length, this.#lengthSamples - offsetSamples);
    for (let i = 0; i < knownSamples; i++) {
      if (chunk[i] !== this.#samples[offsetSamples + i]) return 'conflict';
    }
    if (knownSamples === chunk.length) return 'duplicate';
    const endSample = offsetSamples + chunk.length;
    if (endSample > this.#maximumSamples) return 'too_long';
    if (!this.#reserve(endSample)) return 'no_memory';
    this.#samples.set(chunk.subarray(knownSamples), this.#lengthSamples);
    this.#lengthSamples = endSample;
    return 'added';
  }

  /** The first samples, not copied: later chunks are written behind them, never over them. */
  view(lengthSamples: number): Float32Array {
    return this.#samples.subarray(0, lengthSamples);
  }

  /** SHA-256 of the first samples, to know the clip again after its audio is gone. */
  digest(lengthSamples: number): string {
    return digestOf(this.view(lengthSamples));
  }

  /** Forgets the audio and gives its memory back to the budget. */
  release(): void {
    this.#budget.release(this.#samples.length * BYTES_PER_SAMPLE);
    this.#samples = new Float32Array(0);
    this.#lengthSamples = 0;
  }

  #reserve(lengthSamples: number): boolean {
    if (lengthSamples <= this.#samples.length) return true;
    const capacity = Math.min(this.#maximumSamples, Math.max(FIRST_CAPACITY_SAMPLES, 2 * this.#samples.length, lengthSamples));
    if (!this.#budget.tryAcquire((capacity - this.#samples.length) * BYTES_PER_SAMPLE)) return false;
    // A job may still read the old array: it is left as it is.
    const grown = new Float32Array(capacity);
    grown.set(this.#samples.subarray(0, this.#lengthSamples));
    this.#samples = grown;
    return true;
  }
}

/** Compares a clip that is sent again with one whose audio is gone, chunk by chunk, by the digest of its samples. */
export class ClipVerifier {
  readonly #expectedDigest: string;
  readonly #expectedSamples: number;
  readonly #hash = createHash('sha256');
  #seenSamples = 0;

  constructor(options: { readonly digest: string; readonly lengthSamples: number }) {
    this.#expectedDigest = options.digest;
    this.#expectedSamples = options.lengthSamples;
  }

  /** Takes a chunk; what does not follow on the last one, or goes beyond the clip, says nothing and is passed over. */
  write(offsetSamples: number, chunk: Float32Array): void {
    if (offsetSamples !== this.#seenSamples) return;
    const part = chunk.subarray(0, this.#expectedSamples - offsetSamples);
    this.#hash.update(bytesOf(part));
    this.#seenSamples += part.length;
  }

  /** Whether the whole clip was seen again and is another one. Asked once. */
  isConflict(): boolean {
    return this.#seenSamples === this.#expectedSamples && this.#hash.digest('base64url') !== this.#expectedDigest;
  }
}

function digestOf(samples: Float32Array): string {
  return createHash('sha256').update(bytesOf(samples)).digest('base64url');
}

function bytesOf(samples: Float32Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
