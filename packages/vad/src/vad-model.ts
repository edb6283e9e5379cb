/** Tells how probable speech is in each frame of one stream; the model remembers the frames before. */
export interface VadModel {
  /** Rate of the samples, in hertz. */
  readonly sampleRateHz: 16000;
  /** Length of a frame, in samples: 32 ms. */
  readonly frameSamples: 512;
  /**
   * Takes the next frame of the stream. One call at a time: the frames of a stream depend on each other.
   *
   * A frame that was refused, or on which the runtime failed, leaves the model as it was before the call.
   *
   * @param frame - 512 samples, nominally in -1..1. Read before the call returns: the array may be reused at once.
   * @returns The probability of speech in the frame, 0 to 1.
   * @throws RangeError if the frame has another length.
   * @throws VadError `audio_not_finite`, `busy`, `closed`, or `model_failed` when the runtime failed.
   */
  process(frame: Float32Array): Promise<number>;
  /** Forgets the stream: the next frame is the first one. A call that is still running does not bring the old stream back. */
  reset(): void;
  /** Releases the model, after a call that is still running; idempotent. */
  close(): Promise<void>;
}
