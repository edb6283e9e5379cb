import { GraphBuilder } from '../../onnx-graph/graph-builder.ts';
import { addLinear, joinLinears, scaleLinear, type WeightForm } from '../../onnx-graph/quantized-linear.ts';
import { addSelfAttention } from './attention.ts';
import { addConvolution, addSampleConvolution } from './convolution.ts';
import { addFeedForward } from './feed-forward.ts';
import { addGroupNormalisation, addLayerNormalisation, addResidualNormalisation } from './normalisation.ts';
import { addRotaryTables } from './rotary-embedding.ts';
import type { MoonshineWeights } from './weights.ts';

// More than the frames of the longest clip (30 s: 1,248).
const MAXIMUM_FRAMES = 2048;

/**
 * The encoder: `audio [1, samples]` to what the decoder's cross-attention needs of it, computed once: for each layer `cross_key.N`
 * `[1, heads, head size, frames]`, transposed and divided by `√headSize`, and `cross_value.N` `[1, heads, frames, head size]`.
 */
export function buildEncoderGraph(weights: MoonshineWeights, form: WeightForm): Uint8Array {
  const graph = new GraphBuilder('encoder');
  const audio = graph.input('audio', 'float32', [1, 'samples']);
  addCrossKeysAndValues(graph, addLayers(graph, addFrames(graph, audio, weights, form), weights, form), weights, form);
  return graph.toModel();
}

/** Samples to frames, `[1, frames, width]`. */
function addFrames(graph: GraphBuilder, audio: string, weights: MoonshineWeights, form: WeightForm): string {
  const heard = graph.node('Tanh', [addSampleConvolution(graph, audio, weights.convolution('conv1'))]);
  let x = addGroupNormalisation(graph, heard, weights.groupNormalisation());
  for (const name of ['conv2', 'conv3'] as const) {
    const bias = weights.encoder.floats(`${name}.bias`);
    x = graph.fused('Gelu', [addConvolution(graph, x, weights.convolution(name), bias, form)]);
  }
  return x;
}

function addLayers(graph: GraphBuilder, frames: string, weights: MoonshineWeights, form: WeightForm): string {
  const { sizes, frequencies } = weights;
  const context = { sizes, form, tables: addRotaryTables(graph, frequencies, MAXIMUM_FRAMES), position: graph.integers([0]) };
  let sum = frames;
  let normalised = addLayerNormalisation(graph, frames, weights.encoderFloats(0, 'input_layernorm.weight'));
  for (let layer = 0; layer < sizes.encoderLayers; layer += 1) {
    const linear = (name: string) => weights.encoderLinear(layer, name);
    const attended = addSelfAttention(
      graph,
      normalised,
      {
        query: linear('self_attn/q_proj'),
        key: linear('self_attn/k_proj'),
        value: linear('self_attn/v_proj'),
        output: linear('self_attn/dense'),
      },
      context,
    );
    ({ normalised, sum } = addResidualNormalisation(graph, attended, sum, weights.encoderFloats(layer, 'post_attention_layernorm.weight')));
    const fed = addFeedForward(
      graph,
      normalised,
      {
        rise: linear('mlp/fc1'),
        riseBias: weights.encoderFloats(layer, 'mlp.fc1.bias'),
        fall: linear('mlp/fc2'),
        fallBias: weights.encoderFloats(layer, 'mlp.fc2.bias'),
      },
      form,
    );
    const isLast = layer === sizes.encoderLayers - 1;
    const gain = isLast ? weights.encoder.floats('layer_norm.weight') : weights.encoderFloats(layer + 1, 'input_layernorm.weight');
    ({ normalised, sum } = addResidualNormalisation(graph, fed, sum, gain));
  }
  return normalised;
}

/** One map for the keys and values of all layers, so that the frames are quantised once. */
function addCrossKeysAndValues(graph: GraphBuilder, states: string, weights: MoonshineWeights, form: WeightForm): void {
  const { heads, headSize, width, decoderLayers: layers } = weights.sizes;
  const indices = Array.from({ length: layers }, (_, layer) => layer);
  const keyLinears = indices.map((layer) => scaleLinear(weights.decoderLinear(layer, 'encoder_attn/k_proj'), 1 / Math.sqrt(headSize)));
  const valueLinears = indices.map((layer) => weights.decoderLinear(layer, 'encoder_attn/v_proj'));
  const joined = addLinear(graph, states, joinLinears([...keyLinears, ...valueLinears]), form);
  const sides = graph.integers([layers * width, layers * width]);
  const [allKeys = '', allValues = ''] = graph.nodes('Split', [joined, sides], { axis: -1 }, 2);
  const transposed = graph.node('Transpose', [allKeys], { perm: [0, 2, 1] });
  const keysByHead = graph.node('Reshape', [transposed, graph.integers([1, layers * heads, headSize, -1])]);
  const valuesByHead = graph.node('Transpose', [graph.node('Reshape', [allValues, graph.integers([0, 0, layers * heads, headSize])])], {
    perm: [0, 2, 1, 3],
  });
  const perLayer = graph.integers(indices.map(() => heads));
  const keys = graph.nodes('Split', [keysByHead, perLayer], { axis: 1 }, layers);
  const values = graph.nodes('Split', [valuesByHead, perLayer], { axis: 1 }, layers);
  for (const layer of indices) {
    graph.output(keys[layer] ?? '', 'float32', [1, heads, headSize, 'frames'], `cross_key.${layer}`);
    graph.output(values[layer] ?? '', 'float32', [1, heads, 'frames', headSize], `cross_value.${layer}`);
  }
}
