/** The samples of one clip: appended in pieces, read from any position any number of times. */
export class ClipAudio {
  readonly #pieces: Int16Array[] = [];
  readonly #starts: number[] = [];
  #lengthSamples = 0;

  get lengthSamples(): number {
    return this.#lengthSamples;
  }

  /** Adds a copy of these samples. */
  append(samples: Int16Array): void {
    if (samples.length === 0) return;
    this.#pieces.push(samples.slice());
    this.#starts.push(this.#lengthSamples);
    this.#lengthSamples += samples.length;
  }

  /**
   * Copies samples from a position.
   *
   * @throws RangeError when the range is not inside the clip.
   */
  read(startSample: number, sampleCount: number): Int16Array {
    if (startSample < 0 || sampleCount < 0 || startSample + sampleCount > this.#lengthSamples) {
      throw new RangeError(`range must lie in 0-${this.#lengthSamples}, got ${startSample} + ${sampleCount}`);
    }
    const target = new Int16Array(sampleCount);
    let filled = 0;
    for (let index = this.#pieceAt(startSample); filled < sampleCount; index++) {
      const piece = this.#pieces[index];
      const start = this.#starts[index];
      if (!piece || start === undefined) break;
      const part = piece.subarray(startSample + filled - start).subarray(0, sampleCount - filled);
      target.set(part, filled);
      filled += part.length;
    }
    return target;
  }

  /** The last piece that starts at or before a sample. */
  #pieceAt(sample: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= sample) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Writes samples as 16-bit little endian, whatever the order of this machine. */
export function toLittleEndian(samples: Int16Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(samples.length * 2);
  for (let index = 0; index < samples.length; index++) {
    const value = samples[index] ?? 0;
    bytes[index * 2] = value & 0xff;
    bytes[index * 2 + 1] = (value >> 8) & 0xff;
  }
  return bytes;
}
