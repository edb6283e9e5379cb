import * as runtime from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { GraphBuilder } from '../../src/onnx-graph/graph-builder.ts';
import { multipliesExactly } from '../../src/onnx-graph/saturation-probe.ts';
import { floats, runModel } from '../support/built-graph.ts';

test('says of this processor what its products are', async () => {
  const graph = new GraphBuilder('product');
  const input = graph.input('input', 'float32', [1, 2]);
  // 2 · 255 · 127 is more than 16 bits hold.
  const weights = graph.bytes(Int8Array.of(127, 127), [2, 1]);
  graph.output(graph.fused('DynamicQuantizeMatMul', [input, weights, graph.float(1)]), 'float32', [1, 1], 'output');
  const { output } = await runModel(graph.toModel(), { input: floats(Float32Array.of(255, 255), [1, 2]) });
  expect(await multipliesExactly(runtime)).toBe((output!.data as Float32Array)[0] === 2 * 255 * 127);
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
