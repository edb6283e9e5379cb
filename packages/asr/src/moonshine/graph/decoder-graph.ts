import { GraphBuilder } from '../../onnx-graph/graph-builder.ts';
import type { WeightForm } from '../../onnx-graph/quantized-linear.ts';
import { type AlignmentHead, addAlignmentAttention } from './alignment-attention.ts';
import { addCachedSelfAttention, addCrossAttention, type KeysAndValues } from './attention.ts';
import { addGatedFeedForward } from './feed-forward.ts';
import { addEmbedding, addHead } from './head.ts';
import { addLayerNormalisation, addResidualNormalisation } from './normalisation.ts';
import { addRotaryTables, type RotaryTables } from './rotary-embedding.ts';
import { addGreedyLoop, type SearchState, type Step } from './search.ts';
import type { MoonshineWeights } from './weights.ts';

/** What building a decoder takes. */
export interface DecoderOptions {
  readonly form: WeightForm;
  readonly endTokenId: number;
  /** Longest text, in tokens, with the start token. */
  readonly maximumPositions: number;
  /** Heads that say where a token is heard; without any the graph does not say it. */
  readonly alignmentHeads: readonly AlignmentHead[];
}

/**
 * The decoder with its greedy search inside: some steps a run, so that a run can be followed by another one or by none. It also reads
 * texts that are there already, all tokens of a text in one step.
 *
 * Inputs: `tokens [rows, tokens]`, the last token of each row, or in one step alone the tokens of texts about one clip; `position [1]`, how
 * many came before; `maximum_steps []`; `given_tokens [rows, tokens]`, whose probabilities are asked for; `candidate_count [1]`;
 * `cross_mask [rows, 1, 1, frames]`; for each layer `cross_key.N`, `cross_value.N` of the encoder's graph, short ones filled up, and
 * `self_key.N`, `self_value.N` `[rows, heads, position, head size]`. A row is a clip, or a text; what is computed for it depends on it alone.
 * Outputs: `candidate_ids` and `candidate_probabilities` `[steps, rows, tokens, candidates]`, `given_probabilities [steps, rows, tokens]`,
 * `attention [steps, rows, tokens, heads, frames]` where there are alignment heads, and `next_self_key.N`, `next_self_value.N`.
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
  addGreedyLoop(graph, { sizes, endTokenId: options.endTokenId, tellsAttention: options.alignmentHeads.length > 0 }, (body, state) =>
    addStep(body, { ...state, encoded, tables, weights, options }),
  );
  return graph.toModel();
}

interface StepInputs extends SearchState {
  readonly encoded: readonly (KeysAndValues & { readonly mask: string })[];
  readonly tables: RotaryTables;
  readonly weights: MoonshineWeights;
  readonly options: DecoderOptions;
}

/** Some tokens further: self-attention, cross-attention and feed-forward block in each layer, then the head. */
function addStep(graph: GraphBuilder, inputs: StepInputs): Step {
  const { tokenIds, position, past, asked, encoded, tables, weights, options } = inputs;
  const { sizes } = weights;
  const { form } = options;
  const embedding = weights.embedding();
  const shape = graph.node('Concat', [asked.shape, graph.integers([sizes.width])], { axis: 0 });
  const present: KeysAndValues[] = [];
  const attentions: string[] = [];
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
      shape,
    });
    attentions.push(crossed.attention);
    ({ normalised, sum } = addResidualNormalisation(graph, crossed.output, sum, floats('final_layernorm.weight')));
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
  const next = addHead(graph, normalised, embedding, asked, form);
  if (options.alignmentHeads.length === 0) return { next, present };
  return { next, present, attention: addAlignmentAttention(graph, attentions, options.alignmentHeads, asked.shape) };
}
