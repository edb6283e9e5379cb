/**
 * Keeps the newest samples of a stream, addressed by their absolute position in that stream.
 *
 * When it is full the oldest samples are overwritten.
 */
export class RingBuffer {
  readonly #samples: Float32Array;
  #endSample = 0;

  /**
   * @param capacitySamples - How many samples are kept, at least 1.
   * @throws RangeError if the capacity is not a positive integer.
   */
  constructor(capacitySamples: number) {
    if (!Number.isSafeInteger(capacitySamples) || capacitySamples < 1) {
      throw new RangeError(`capacitySamples must be a positive integer, got ${capacitySamples}`);
    }
    this.#samples = new Float32Array(capacitySamples);
  }

  /** Position of the oldest sample still held. */
  get startSample(): number {
    return Math.max(0, this.#endSample - this.#samples.length);
  }

  /** Position after the newest sample: how many samples were ever pushed. */
  get endSample(): number {
    return this.#endSample;
  }

  /** Appends samples; of more than the capacity only the last ones are kept, but all are counted. */
  push(samples: Float32Array): void {
    const capacity = this.#samples.length;
    const skipped = Math.max(0, samples.length - capacity);
    let index = (this.#endSample + skipped) % capacity;
    // A plain loop: in two halves `set` would need two views per call on the audio path.
    for (let i = skipped; i < samples.length; i++) {
      this.#samples[index] = samples[i] ?? 0;
      index = index + 1 === capacity ? 0 : index + 1;
    }
    this.#endSample += samples.length;
  }

  /**
   * Copies the samples from `startSample` up to, not including, `endSample`.
   *
   * @throws RangeError if part of the span is overwritten or not yet there, or the span is reversed.
   */
  copy(startSample: number, endSample: number): Float32Array<ArrayBuffer> {
    const isSpan = Number.isSafeInteger(startSample) && Number.isSafeInteger(endSample) && startSample <= endSample;
    if (!isSpan || startSample < this.startSample || endSample > this.#endSample) {
      throw new RangeError(`span must lie in ${this.startSample}-${this.#endSample}, got ${startSample}-${endSample}`);
    }
    const capacity = this.#samples.length;
    const output = new Float32Array(endSample - startSample);
    const from = startSample % capacity;
    const firstPart = Math.min(output.length, capacity - from);
    output.set(this.#samples.subarray(from, from + firstPart));
    output.set(this.#samples.subarray(0, output.length - firstPart), firstPart);
    return output;
  }
}
