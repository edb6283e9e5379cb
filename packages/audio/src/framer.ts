/** Cuts a stream of any chunk length into frames of one length. */
export class Framer {
  readonly #frame: Float32Array;
  #filled = 0;

  /**
   * @param frameSamples - Length of a frame, at least 1.
   * @throws RangeError if the length is not a positive integer.
   */
  constructor(frameSamples: number) {
    if (!Number.isSafeInteger(frameSamples) || frameSamples < 1) {
      throw new RangeError(`frameSamples must be a positive integer, got ${frameSamples}`);
    }
    this.#frame = new Float32Array(frameSamples);
  }

  /**
   * Appends samples and hands over each frame that becomes full.
   *
   * @param onFrame - Called at once, in order. The array is reused for the next frame: copy what must outlive the call.
   *   If it throws, the rest of `samples` is lost.
   */
  push(samples: Float32Array, onFrame: (frame: Float32Array) => void): void {
    const frame = this.#frame;
    for (let i = 0; i < samples.length; i++) {
      frame[this.#filled++] = samples[i] ?? 0;
      if (this.#filled === frame.length) {
        this.#filled = 0;
        onFrame(frame);
      }
    }
  }

  /** Forgets a frame that is not full yet. */
  reset(): void {
    this.#filled = 0;
  }
}
