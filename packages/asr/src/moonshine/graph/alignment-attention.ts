import type { GraphBuilder } from '../../onnx-graph/graph-builder.ts';

/** A head of the cross-attention that follows the speech: while a token is written it hears where the token is spoken. */
export interface AlignmentHead {
  readonly layer: number;
  readonly head: number;
}

/**
 * What some heads of the cross-attention attended to: `[rows, tokens, heads, frames]`, layer by layer.
 *
 * @param attentionOfLayers - `[rows · tokens, heads of the layer, 1, frames]` each.
 * @param shape - `[2]`, rows and tokens.
 */
export function addAlignmentAttention(
  graph: GraphBuilder,
  attentionOfLayers: readonly string[],
  heads: readonly AlignmentHead[],
  shape: string,
): string {
  const parts = attentionOfLayers.flatMap((attention, layer) => {
    const own = heads.filter((head) => head.layer === layer).map(({ head }) => head);
    return own.length === 0 ? [] : [graph.node('Gather', [attention, graph.integers(own)], { axis: 1 })];
  });
  const joined = parts.length > 1 ? graph.node('Concat', parts, { axis: 1 }) : (parts[0] ?? '');
  return graph.node('Reshape', [joined, graph.node('Concat', [shape, graph.integers([heads.length, -1])], { axis: 0 })]);
}
