import { loadOnnxModel, type OnnxRuntime } from '@outspoken/onnx';
import { GraphBuilder } from './graph-builder.ts';

// Two kernels are looked at: one for a single row, one for several.
const ROW_COUNTS = [1, 32];
const INPUTS = 64;
const OUTPUTS = 16;
const LARGEST_INPUT = 255;
const LARGEST_WEIGHT = 127;

/**
 * Whether sums of products of unsigned inputs and signed weights are exact. The instruction of AVX2 for it (`vpmaddubsw`) adds two
 * products in 16 bits, and 2 · 255 · 127 is more than those hold; VNNI, AMX and ARM's dot products have 32.
 */
export async function multipliesExactly(runtime: OnnxRuntime): Promise<boolean> {
  const graph = new GraphBuilder('probe');
  const input = graph.input('input', 'float32', ['rows', INPUTS]);
  const weights = graph.bytes(new Int8Array(INPUTS * OUTPUTS).fill(LARGEST_WEIGHT), [INPUTS, OUTPUTS]);
  graph.output(graph.fused('DynamicQuantizeMatMul', [input, weights, graph.float(1)]), 'float32', ['rows', OUTPUTS], 'output');
  await using model = await loadOnnxModel(runtime, graph.toModel(), { intraOpNumThreads: 1 });
  for (const rows of ROW_COUNTS) {
    const values = new Float32Array(rows * INPUTS).fill(LARGEST_INPUT);
    const { output } = await model.run({ input: new runtime.Tensor('float32', values, [rows, INPUTS]) });
    const expected = INPUTS * LARGEST_INPUT * LARGEST_WEIGHT;
    if (!(output?.data instanceof Float32Array && output.data.every((value) => value === expected))) return false;
  }
  return true;
}
