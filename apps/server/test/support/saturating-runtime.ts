import * as runtime from 'onnxruntime-node';

/** The runtime on a processor that keeps sums of signed products in 16 bits. The probe is the only model so small. */
export const saturating = {
  ...runtime,
  InferenceSession: {
    create: async (bytes: Uint8Array, options: runtime.InferenceSession.SessionOptions) => {
      const session = await runtime.InferenceSession.create(bytes, options);
      if (bytes.length > 10_000) return session;
      return {
        inputNames: session.inputNames,
        outputNames: session.outputNames,
        run: async () => ({ output: new runtime.Tensor('float32', [32_767], [1, 1]) }),
        release: () => session.release(),
      };
    },
  },
} as unknown as typeof runtime;
