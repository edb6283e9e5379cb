import { GraphBuilder } from '../../onnx-graph/graph-builder.ts';
import type { WeightForm } from '../../onnx-graph/quantized-linear.ts';
import { addCachedSelfAttention, addCrossAttention, type KeysAndValues } from './attention.ts';
import { addGatedFeedForward } from './feed-forward.ts';
import { addEmbedding, addHead, type NextToken } from './head.ts';
import { addLayerNormalisation, addResidualNormalisation } from './normalisation.ts';
import { addRotaryTables, type RotaryTables } from './rotary-embedding.ts';
import { addGreedyLoop } from './search.ts';
import type { MoonshineWeights } from './weights.ts';

/** What building a decoder takes. */
export interface DecoderOptions {
  readonly form: WeightForm;
  readonly endTokenId: number;
  /** Longest text, in tokens, with the start token. */
  readonly maximumPositions: number;
}

/**
 * The decoder with its greedy search inside: some steps a run, so that a run can be followed by another one or by none.
 *
 * Inputs: `tokens [rows, 1]`, the last token of each row; `position [1]`, how many came before it; `maximum_steps []`; `cross_mask
 * [rows, 1, 1, frames]`; for each layer `cross_key.N`, `cross_value.N` of the encoder's graph, short ones filled up, and `self_key.N`,
 * `self_value.N` `[rows, heads, position, head size]`. A row is a clip; what is computed for it depends on it alone.
 * Outputs: `token_ids`, `probabilities`, `runner_up_ids`, `runner_up_probabilities`, `end_probabilities`, `[steps, rows]` each, and `next_self_key.N`, `next_self_value.N`.
 */
export function buildDecoderGraph(weights: MoonshineWeights, options: DecoderOptions): Uint8Array {
  const { sizes, frequencies } = weights;
  const graph = new GraphBuilder('decoder');
  const tables = addRotaryTables(graph, frequencies, options.maximumPositions);
  const { heads, headSize } = sizes;
  const layers = Array.from({ length: sizes.decoderLayers }, (_, layer) => layer);
  const mask = graph.input('cross_mask', 'float32', ['rows', 1, 1, 'frames']);
  const encoded = layers.map((layer) => ({
    mask,
    keys: graph.input(`cross_key.${layer}`, 'float32', ['rows', heads, headSize, 'frames']),
    values: graph.input(`cross_value.${layer}`, 'float32', ['rows', heads, 'frames', headSize]),
  }));
  addGreedyLoop(graph, { sizes, endTokenId: options.endTokenId }, (body, { tokenIds, position, past }) =>
    addStep(body, { tokenIds, position, past, encoded, tables, weights, options }),
  );
  return graph.toModel();
}

interface StepInputs {
  readonly tokenIds: string;
  readonly position: string;
  readonly past: readonly KeysAndValues[];
  readonly encoded: readonly (KeysAndValues & { readonly mask: string })[];
  readonly tables: RotaryTables;
  readonly weights: MoonshineWeights;
  readonly options: DecoderOptions;
}

/** One token further: self-attention, cross-attention and feed-forward block in each layer, then the head. */
function addStep(graph: GraphBuilder, inputs: StepInputs): { readonly next: NextToken; readonly present: KeysAndValues[] } {
  const { tokenIds, position, past, encoded, tables, weights, options } = inputs;
  const { sizes } = weights;
  const { form } = options;
  const embedding = weights.embedding();
  const present: KeysAndValues[] = [];
  let sum = addEmbedding(graph, tokenIds, embedding);
  let normalised = addLayerNormalisation(graph, sum, weights.decoderFloats('layers.0.input_layernorm.weight'));
  for (const [layer, pastOfLayer] of past.entries()) {
    const linear = (name: string) => weights.decoderLinear(layer, name);
    const floats = (name: string) => weights.decoderFloats(`layers.${layer}.${name}`);
    const own = addCachedSelfAttention(
      graph,
      normalised,
      pastOfLayer,
      {
        query: linear('self_attn/q_proj'),
        key: linear('self_attn/k_proj'),
        value: linear('self_attn/v_proj'),
        output: linear('self_attn/dense'),
      },
      { sizes, form, tables, position },
    );
    present.push(own.present);
    ({ normalised, sum } = addResidualNormalisation(graph, own.output, sum, floats('post_attention_layernorm.weight')));
    const crossWeights = { query: linear('encoder_attn/q_proj'), output: linear('encoder_attn/dense') };
    const crossed = addCrossAttention(graph, normalised, encoded[layer] ?? { keys: '', values: '', mask: '' }, crossWeights, {
      sizes,
      form,
    });
    ({ normalised, sum } = addResidualNormalisation(graph, crossed, sum, floats('final_layernorm.weight')));
    const fed = addGatedFeedForward(
      graph,
      normalised,
      {
        rise: linear('mlp/up_proj'),
        riseBias: floats('mlp.up_proj.bias'),
        fall: linear('mlp/down_proj'),
        fallBias: floats('mlp.down_proj.bias'),
      },
      form,
    );
    const isLast = layer === past.length - 1;
    const gain = weights.decoderFloats(isLast ? 'norm.weight' : `layers.${layer + 1}.input_layernorm.weight`);
    ({ normalised, sum } = addResidualNormalisation(graph, fed, sum, gain));
  }
  return { next: addHead(graph, normalised, embedding, options.endTokenId, form), present };
}
