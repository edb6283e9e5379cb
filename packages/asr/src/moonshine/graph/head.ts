import type { GraphBuilder } from '../../onnx-graph/graph-builder.ts';
import { addRowLinear, type QuantizedLinear, transposeLinear, type WeightForm } from '../../onnx-graph/quantized-linear.ts';

/** Embedding of token ids `[rows, tokens]` to `[rows, tokens, width]`: one row of the table each, turned to floats. */
export function addEmbedding(graph: GraphBuilder, tokenIds: string, embedding: QuantizedLinear): string {
  const { outputs: vocabulary, inputs: width, weights, scales, zeroPoints } = embedding;
  const rows = graph.node('Gather', [graph.bytes(weights, [vocabulary, width]), tokenIds]);
  return graph.node('DequantizeLinear', [rows, graph.float(scales[0] ?? 0), graph.bytes(zeroPoints.subarray(0, 1), [])]);
}

/** What the head says about the token after each of those that it is given. */
export interface NextTokens {
  /** `[rows, tokens, candidates]`, the most probable one first. */
  readonly candidateIds: string;
  /** Their probabilities; not numbers where the input was none. */
  readonly candidateProbabilities: string;
  /** `[rows, tokens]`, the probabilities of the tokens that were asked for. */
  readonly givenProbabilities: string;
}

/**
 * The next token: `softmax(x Eᵀ)` over the whole vocabulary, with the embedding `E` as the output map. In 8 bits: the published graph turns
 * the table into floats at every step, which took more time than all the rest.
 *
 * @param x - `[rows, tokens, width]`
 * @param asked - `given`, `[rows, tokens]`, the tokens whose probabilities are asked for; `candidateCount`, `[1]`.
 */
export function addHead(
  graph: GraphBuilder,
  x: string,
  embedding: QuantizedLinear,
  asked: { readonly given: string; readonly candidateCount: string },
  form: WeightForm,
): NextTokens {
  const lastAxis = graph.integers([2]);
  const probabilities = graph.node('Softmax', [addRowLinear(graph, x, transposeLinear(embedding), form)], { axis: -1 });
  const [candidateProbabilities = '', candidateIds = ''] = graph.nodes('TopK', [probabilities, asked.candidateCount], { axis: -1 }, 2);
  const given = graph.node('GatherElements', [probabilities, graph.node('Unsqueeze', [asked.given, lastAxis])], { axis: -1 });
  return { candidateIds, candidateProbabilities, givenProbabilities: graph.node('Squeeze', [given, lastAxis]) };
}
