/** Why a speech probability could not be had. */
export type VadErrorCode =
  /** The graph is not a Silero v5 or v6 model. */
  | 'model_io'
  /** The runtime failed, or the model gave something that is not a probability. */
  | 'model_failed'
  /** A sample is NaN or infinite. */
  | 'audio_not_finite'
  /** A call while the one before is still running: await each call, or give each stream its own model. */
  | 'busy'
  /** More audio is waiting than the detector may hold: the device is too slow for it. */
  | 'backlog_full'
  /** The model is closed. */
  | 'closed';

/** Audio or a model that the voice activity detector cannot work with; a wrong argument is a `RangeError` instead. */
export class VadError extends Error {
  readonly code: VadErrorCode;

  constructor(code: VadErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VadError';
    this.code = code;
  }
}
