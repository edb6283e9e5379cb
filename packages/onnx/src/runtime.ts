import type { InferenceSession, InferenceSessionFactory, Tensor, TensorConstructor } from 'onnxruntime-common';

/** The part of an ONNX runtime that our packages use; the modules `onnxruntime-node` and `onnxruntime-web` both satisfy it. */
export interface OnnxRuntime {
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorConstructor;
}

/** A tensor of any element type. */
export type OnnxTensor = Tensor;

/** Session options of the runtime, passed through unchanged. */
export type OnnxSessionOptions = InferenceSession.SessionOptions;
