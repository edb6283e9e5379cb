/** Why an ONNX model could not be loaded or run. */
export type OnnxErrorCode = 'load_failed' | 'run_failed' | 'closed';

/** An ONNX model that could not be loaded, could not be run, or was closed. */
export class OnnxError extends Error {
  readonly code: OnnxErrorCode;

  constructor(code: OnnxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OnnxError';
    this.code = code;
  }
}
