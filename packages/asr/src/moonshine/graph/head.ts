import type { GraphBuilder } from '../../onnx-graph/graph-builder.ts';
import { addRowLinear, type QuantizedLinear, transposeLinear, type WeightForm } from '../../onnx-graph/quantized-linear.ts';

/** Embedding of token ids `[rows, 1]` to `[rows, 1, width]`: one row of the table each, turned to floats. */
export function addEmbedding(graph: GraphBuilder, tokenIds: string, embedding: QuantizedLinear): string {
  const { outputs: vocabulary, inputs: width, weights, scales, zeroPoints } = embedding;
  const rows = graph.node('Gather', [graph.bytes(weights, [vocabulary, width]), tokenIds]);
  return graph.node('DequantizeLinear', [rows, graph.float(scales[0] ?? 0), graph.bytes(zeroPoints.subarray(0, 1), [])]);
}

/** What the head says about the next token, each `[rows, 1]`. */
export interface NextToken {
  readonly tokenId: string;
  /** Probability of that token; not a number where the input was none. */
  readonly probability: string;
  /** The second most probable token and its probability: what the text goes on with when it may not end yet. */
  readonly runnerUpId: string;
  readonly runnerUpProbability: string;
  /** Probability of the token that ends the text. */
  readonly endProbability: string;
}

/**
 * The most probable next token: `softmax(x Eᵀ)` over the whole vocabulary, with the embedding `E` as the output map. In 8 bits: the
 * published graph turns the table into floats at every step, which took more time than all the rest.
 */
export function addHead(graph: GraphBuilder, x: string, embedding: QuantizedLinear, endTokenId: number, form: WeightForm): NextToken {
  const probabilities = graph.node('Softmax', [addRowLinear(graph, x, transposeLinear(embedding), form)], { axis: -1 });
  const [values = '', ids = ''] = graph.nodes('TopK', [probabilities, graph.integers([2])], { axis: -1 }, 2);
  const apart = (pair: string): string[] => graph.nodes('Split', [pair, graph.integers([1, 1])], { axis: -1 }, 2);
  const [probability = '', runnerUpProbability = ''] = apart(values);
  const [tokenId = '', runnerUpId = ''] = apart(ids);
  const end = graph.node('Slice', [probabilities, graph.integers([endTokenId]), graph.integers([endTokenId + 1]), graph.integers([2])]);
  const squeeze = (value: string): string => graph.node('Squeeze', [value, graph.integers([2])]);
  return {
    tokenId: squeeze(tokenId),
    probability: squeeze(probability),
    runnerUpId: squeeze(runnerUpId),
    runnerUpProbability: squeeze(runnerUpProbability),
    endProbability: squeeze(end),
  };
}
