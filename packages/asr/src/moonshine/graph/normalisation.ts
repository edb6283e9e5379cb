import type { GraphBuilder } from '../../onnx-graph/graph-builder.ts';

// As in the published graphs.
const EPSILON = { float: 1e-5 };

/** Layer normalisation without offset over the last axis: `(x − mean) / √(variance + ε) · gain`. */
export function addLayerNormalisation(graph: GraphBuilder, x: string, gain: Float32Array): string {
  return graph.node('LayerNormalization', [x, graph.floats(gain)], { axis: -1, epsilon: EPSILON });
}

/**
 * A residual connection and the layer normalisation after it. Two nodes: the fused one (`SkipLayerNormalization`) took eight times
 * as long on a CPU.
 */
export function addResidualNormalisation(
  graph: GraphBuilder,
  x: string,
  residual: string,
  gain: Float32Array,
): { readonly normalised: string; readonly sum: string } {
  const sum = graph.node('Add', [x, residual]);
  return { normalised: addLayerNormalisation(graph, sum, gain), sum };
}

/** Group normalisation with one group: over all channels and the whole clip at once, then a gain and an offset for each channel. */
export function addGroupNormalisation(
  graph: GraphBuilder,
  x: string,
  { gain, offset }: { readonly gain: Float32Array; readonly offset: Float32Array },
): string {
  const shape = graph.node('Shape', [x]);
  const flat = graph.node('Reshape', [x, graph.integers([0, 1, -1])]);
  const normalised = graph.node('InstanceNormalization', [flat, graph.floats([1]), graph.floats([0])], { epsilon: EPSILON });
  const scaled = graph.node('Mul', [graph.node('Reshape', [normalised, shape]), graph.floats(gain)]);
  return graph.node('Add', [scaled, graph.floats(offset)]);
}
