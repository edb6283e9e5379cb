export { loadOnnxModel, OnnxModel } from './model.ts';
export { OnnxError, type OnnxErrorCode } from './onnx-error.ts';
export type { OnnxRuntime, OnnxSessionOptions, OnnxTensor } from './runtime.ts';
