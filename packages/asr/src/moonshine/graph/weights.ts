import { ModelReader } from '../../onnx-graph/model-reader.ts';
import type { QuantizedLinear } from '../../onnx-graph/quantized-linear.ts';

/** The convolutions of the encoder, in their order. */
export const CONVOLUTIONS = ['conv1', 'conv2', 'conv3'] as const;

/** Name of a convolution. */
export type ConvolutionName = (typeof CONVOLUTIONS)[number];

/** A convolution over time with weights `scale · q[output, input, tap] + offset`. */
export interface QuantizedConvolution {
  readonly outputs: number;
  readonly inputs: number;
  readonly taps: number;
  readonly stride: number;
  readonly quantized: Int8Array;
  readonly scale: number;
  readonly offset: number;
}

/** Sizes of a model, all read from its files. */
export interface MoonshineSizes {
  readonly width: number;
  readonly heads: number;
  readonly headSize: number;
  readonly vocabulary: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
}

/** The weights of a published Moonshine model by their place in the architecture, whatever its size. */
export class MoonshineWeights {
  readonly sizes: MoonshineSizes;
  /** Angular frequencies of the rotary embedding, one for each pair of rotated values. */
  readonly frequencies: Float32Array;
  readonly encoder: ModelReader;
  readonly decoder: ModelReader;

  constructor(files: { readonly encoder: Uint8Array; readonly decoder: Uint8Array }) {
    this.encoder = new ModelReader(files.encoder);
    this.decoder = new ModelReader(files.decoder);
    const [, heads = 0, , headSize = 0] = this.decoder.inputShape('past_key_values.0.decoder.key');
    const [vocabulary = 0, width = 0] = this.decoder.bytes('model.decoder.embed_tokens.weight_merged_0_quantized').shape;
    this.sizes = {
      width,
      heads,
      headSize,
      vocabulary,
      encoderLayers: countLayers(this.encoder, /^layers\.(\d+)\.input_layernorm\.weight$/),
      decoderLayers: countLayers(this.decoder, /^model\.decoder\.layers\.(\d+)\.input_layernorm\.weight_merged_0$/),
    };
    this.frequencies = this.encoder.floats('/rotary_emb/Cast_1_output_0');
  }

  encoderLinear(layer: number, name: string): QuantizedLinear {
    return this.encoder.linear(`/layers.${layer}/${name}`);
  }

  encoderFloats(layer: number, name: string): Float32Array {
    return this.encoder.floats(`layers.${layer}.${name}`);
  }

  decoderLinear(layer: number, name: string): QuantizedLinear {
    return this.decoder.linear(`/model/decoder/layers.${layer}/${name}`);
  }

  decoderFloats(name: string): Float32Array {
    return this.decoder.floats(`model.decoder.${name}_merged_0`);
  }

  /** The embedding of the tokens, which is the output map too: `[width, vocabulary]` once transposed. */
  embedding(): QuantizedLinear {
    const { width, vocabulary } = this.sizes;
    const name = 'model.decoder.embed_tokens.weight_merged_0';
    return {
      inputs: width,
      outputs: vocabulary,
      weights: this.decoder.bytes(`${name}_quantized`).bytes,
      scales: new Float32Array(vocabulary).fill(this.decoder.float(`${name}_scale`)),
      zeroPoints: new Uint8Array(vocabulary).fill(this.decoder.bytes(`${name}_zero_point`).bytes[0] ?? 0),
    };
  }

  convolution(name: ConvolutionName): QuantizedConvolution {
    const { shape, bytes } = this.encoder.bytes(`${name}.weight_quantized`);
    const [outputs = 0, inputs = 0, taps = 0] = shape;
    return {
      outputs,
      inputs,
      taps,
      stride: this.encoder.integers(`/${name}/Conv`, 'strides')[0] ?? 1,
      quantized: Int8Array.from(bytes),
      scale: this.encoder.float(`${name}.weight_scale`),
      offset: this.encoder.float(`${name}.weight_zero_point`),
    };
  }

  /** Gain and offset of each channel after the group normalisation; the published file gives them names without meaning. */
  groupNormalisation(): { readonly gain: Float32Array; readonly offset: Float32Array } {
    const reshape = this.encoder.consumerOf(this.encoder.firstNode('InstanceNormalization'));
    const multiply = this.encoder.consumerOf(reshape);
    const add = this.encoder.consumerOf(multiply);
    return { gain: this.encoder.floats(multiply.input[1] ?? ''), offset: this.encoder.floats(add.input[1] ?? '') };
  }
}

function countLayers(reader: ModelReader, pattern: RegExp): number {
  return reader.initialiserNames.filter((name) => pattern.test(name)).length;
}
