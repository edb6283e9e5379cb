import * as runtime from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { multipliesExactly } from '../../src/onnx-graph/saturation-probe.ts';

test('products are exact on this processor', async () => {
  expect(await multipliesExactly(runtime)).toBe(true);
});

test('a runtime whose sums stop at 16 bits is found out', async () => {
  class SaturatingSession {
    readonly inputNames = ['input'];
    readonly outputNames = ['output'];
    readonly #session: runtime.InferenceSession;
    constructor(session: runtime.InferenceSession) {
      this.#session = session;
    }
    async run(feeds: Record<string, runtime.Tensor>) {
      const { output } = await this.#session.run(feeds);
      // What vpmaddubsw gives for each pair of products.
      const data = Float32Array.from(output!.data as Float32Array, (value) => (value / (2 * 255 * 127)) * 32_767);
      return { output: new runtime.Tensor('float32', data, output!.dims) };
    }
    release() {
      return this.#session.release();
    }
  }
  const saturating = {
    Tensor: runtime.Tensor,
    InferenceSession: {
      create: async (bytes: Uint8Array) => new SaturatingSession(await runtime.InferenceSession.create(bytes)),
    },
  };
  // The part of a session that the model uses.
  expect(await multipliesExactly(saturating as unknown as Parameters<typeof multipliesExactly>[0])).toBe(false);
});
