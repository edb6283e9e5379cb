import type { GraphBuilder } from '../../onnx-graph/graph-builder.ts';
import { addLinear, addRowLinear, joinLinears, type QuantizedLinear, type WeightForm } from '../../onnx-graph/quantized-linear.ts';
import { addRotaryEmbedding, type RotaryTables } from './rotary-embedding.ts';
import type { MoonshineSizes } from './weights.ts';

/** The maps of a self-attention. */
export interface SelfAttentionWeights {
  readonly query: QuantizedLinear;
  readonly key: QuantizedLinear;
  readonly value: QuantizedLinear;
  readonly output: QuantizedLinear;
}

/** What a self-attention is told about the graph around it. */
export interface SelfAttentionContext {
  readonly sizes: MoonshineSizes;
  readonly form: WeightForm;
  readonly tables: RotaryTables;
  /** `[1]`, position of the first time of the input. */
  readonly position: string;
}

/** Keys and values of the times before, `[rows, heads, time, head size]` each. */
export interface KeysAndValues {
  readonly keys: string;
  readonly values: string;
}

/** `softmax(rotate(x Wq) rotate(x Wk)ᵀ / √headSize) x Wv`, head by head, then `Wo`: every time sees every time. */
export function addSelfAttention(graph: GraphBuilder, x: string, weights: SelfAttentionWeights, context: SelfAttentionContext): string {
  const [query = '', key = '', value = ''] = addRotated(graph, addLinear(graph, x, joinProjections(weights), context.form), context);
  const heard = graph.fused('MultiHeadAttention', [query, key, value], attributesOf(context.sizes));
  return addLinear(graph, heard, weights.output, context.form);
}

/** The same for new times, each of which sees those before it and itself; returns their keys and values, the new ones appended. */
export function addCachedSelfAttention(
  graph: GraphBuilder,
  x: string,
  past: KeysAndValues,
  weights: SelfAttentionWeights,
  context: SelfAttentionContext,
): { readonly output: string; readonly present: KeysAndValues } {
  const [query = '', key = '', value = ''] = addRotated(graph, addRowLinear(graph, x, joinProjections(weights), context.form), context);
  const inputs = [query, key, value, '', '', '', past.keys, past.values];
  const [heard = '', keys = '', values = ''] = graph.nodes(
    'MultiHeadAttention',
    inputs,
    { ...attributesOf(context.sizes), unidirectional: 1 },
    3,
    'com.microsoft',
  );
  return { output: addRowLinear(graph, heard, weights.output, context.form), present: { keys, values } };
}

/**
 * `softmax(x Wq Kᵀ) V`, head by head, then `Wo`. Plain products: the fused operator was no faster here, and these take the keys as the
 * encoder's graph leaves them, transposed and divided by `√headSize`.
 *
 * Each token is a product of its own, which spares the step of a search two transpositions: several tokens of a row need a clip that all
 * rows share.
 *
 * @param x - `[rows, tokens, width]`
 * @param encoded - Keys `[rows, heads, head size, time]` and values `[rows, heads, time, head size]`, those of a short clip filled up.
 * @param mask - `[rows, 1, 1, time]`, added to the scores: 0 where there is a time of the clip, far below where there is none.
 * @param context.shape - The shape of `x` as a value of the graph.
 * @returns The output, and the attention `[rows · tokens, heads, 1, time]`: how much each head attends to each time, 1 in all.
 */
export function addCrossAttention(
  graph: GraphBuilder,
  x: string,
  { keys, values, mask }: KeysAndValues & { readonly mask: string },
  weights: { readonly query: QuantizedLinear; readonly output: QuantizedLinear },
  { sizes, form, shape }: { readonly sizes: MoonshineSizes; readonly form: WeightForm; readonly shape: string },
): { readonly output: string; readonly attention: string } {
  const { heads, headSize } = sizes;
  const query = graph.node('Reshape', [addRowLinear(graph, x, weights.query, form), graph.integers([-1, heads, 1, headSize])]);
  const scores = graph.node('Add', [graph.node('MatMul', [query, keys]), mask]);
  const attention = graph.node('Softmax', [scores], { axis: -1 });
  const heard = graph.node('Reshape', [graph.node('MatMul', [attention, values]), shape]);
  return { output: addRowLinear(graph, heard, weights.output, form), attention };
}

function joinProjections({ query, key, value }: SelfAttentionWeights): QuantizedLinear {
  return joinLinears([query, key, value]);
}

/** The joined projections as queries, keys and values, the first two turned by their positions. */
function addRotated(graph: GraphBuilder, joined: string, { sizes, tables, position }: SelfAttentionContext): string[] {
  const { width, heads } = sizes;
  const [query = '', key = '', value = ''] = graph.nodes('Split', [joined, graph.integers([width, width, width])], { axis: -1 }, 3);
  const rotate = (part: string): string => addRotaryEmbedding(graph, part, position, tables, heads);
  return [rotate(query), rotate(key), value];
}

function attributesOf({ heads, headSize }: MoonshineSizes): { num_heads: number; scale: { float: number } } {
  return { num_heads: heads, scale: { float: 1 / Math.sqrt(headSize) } };
}
