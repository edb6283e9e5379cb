import type { GraphBuilder } from '../../onnx-graph/graph-builder.ts';
import { addLinear, addRowLinear, type QuantizedLinear, type WeightForm } from '../../onnx-graph/quantized-linear.ts';

/** The two maps of a feed-forward block with their offsets. */
export interface FeedForwardWeights {
  readonly rise: QuantizedLinear;
  readonly riseBias: Float32Array;
  readonly fall: QuantizedLinear;
  readonly fallBias: Float32Array;
}

/** The encoder's: `gelu(x W1 + b1) W2 + b2`. */
export function addFeedForward(graph: GraphBuilder, x: string, weights: FeedForwardWeights, form: WeightForm): string {
  const hidden = graph.fused('Gelu', [addLinear(graph, x, weights.rise, form, weights.riseBias)]);
  return addLinear(graph, hidden, weights.fall, form, weights.fallBias);
}

/** The decoder's, gated: `[v, g] = x W1 + b1`, then `(g · sigmoid(g) · v) W2 + b2` (SwiGLU, arXiv:2002.05202). */
export function addGatedFeedForward(graph: GraphBuilder, x: string, weights: FeedForwardWeights, form: WeightForm): string {
  const half = weights.rise.outputs / 2;
  const risen = addRowLinear(graph, x, weights.rise, form, weights.riseBias);
  const [value = '', gate = ''] = graph.nodes('Split', [risen, graph.integers([half, half])], { axis: -1 }, 2);
  const gated = graph.node('Mul', [graph.fused('QuickGelu', [gate], { alpha: { float: 1 } }), value]);
  return addRowLinear(graph, gated, weights.fall, form, weights.fallBias);
}
