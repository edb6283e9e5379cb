import { expect, test } from 'vitest';
import { MoonshineWeights } from '../../../src/moonshine/graph/weights.ts';
import { source } from '../../support/moonshine-tiny.ts';

const weights = new MoonshineWeights(source.files);
const { width } = weights.sizes;

test('reads the sizes of the model from its files', () => {
  // Moonshine Tiny, arXiv:2410.15608.
  expect(weights.sizes).toEqual({ width: 288, heads: 8, headSize: 36, vocabulary: 32_768, encoderLayers: 6, decoderLayers: 6 });
});

test('reads the frequencies of the rotary embedding', () => {
  expect(weights.frequencies).toHaveLength(16);
  // 10,000 to the power of −p/16 for pair p, in 32-bit floats.
  for (const [pair, frequency] of weights.frequencies.entries()) expect(frequency / 10_000 ** (-pair / 16)).toBeCloseTo(1, 6);
});

test('finds every map of every layer', () => {
  const { encoderLayers, decoderLayers } = weights.sizes;
  for (let layer = 0; layer < encoderLayers; layer += 1) {
    for (const name of ['q_proj', 'k_proj', 'v_proj', 'dense']) {
      expect(weights.encoderLinear(layer, `self_attn/${name}`)).toMatchObject({ inputs: width, outputs: width });
    }
    expect(weights.encoderLinear(layer, 'mlp/fc1')).toMatchObject({ inputs: width, outputs: 4 * width });
    expect(weights.encoderLinear(layer, 'mlp/fc2')).toMatchObject({ inputs: 4 * width, outputs: width });
    expect(weights.encoderFloats(layer, 'input_layernorm.weight')).toHaveLength(width);
  }
  for (let layer = 0; layer < decoderLayers; layer += 1) {
    for (const attention of ['self_attn', 'encoder_attn']) {
      for (const name of ['q_proj', 'k_proj', 'v_proj', 'dense']) {
        expect(weights.decoderLinear(layer, `${attention}/${name}`)).toMatchObject({ inputs: width, outputs: width });
      }
    }
    expect(weights.decoderLinear(layer, 'mlp/up_proj')).toMatchObject({ inputs: width, outputs: 8 * width });
    expect(weights.decoderLinear(layer, 'mlp/down_proj')).toMatchObject({ inputs: 4 * width, outputs: width });
    expect(weights.decoderFloats(`layers.${layer}.final_layernorm.weight`)).toHaveLength(width);
  }
});

test('reads the embedding, a row for each token', () => {
  const { inputs, outputs, weights: bytes, scales, zeroPoints } = weights.embedding();
  expect([inputs, outputs, bytes.length, scales.length, zeroPoints.length]).toEqual([288, 32_768, 288 * 32_768, 32_768, 32_768]);
});

test.each([
  ['conv1', 288, 1, 127, 64],
  ['conv2', 576, 288, 7, 3],
  ['conv3', 288, 576, 3, 2],
] as const)('reads the convolution %s', (name, outputs, inputs, taps, stride) => {
  const convolution = weights.convolution(name);
  expect(convolution).toMatchObject({ outputs, inputs, taps, stride });
  expect(convolution.quantized).toHaveLength(outputs * inputs * taps);
  // Bytes of the file with a sign: both signs are there.
  expect(convolution.quantized.some((value) => value < 0)).toBe(true);
  expect(convolution.quantized.some((value) => value > 0)).toBe(true);
});

test('finds gain and offset of the group normalisation, a number for each channel', () => {
  const { gain, offset } = weights.groupNormalisation();
  expect([gain.length, offset.length]).toEqual([width, width]);
  // A gain is near 1, an offset near 0; they are not to be mixed up.
  const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean(gain))).toBeGreaterThan(Math.abs(mean(offset)));
});

test('refuses a decoder that is none', () => {
  expect(() => new MoonshineWeights({ ...source.files, decoder: source.files.encoder })).toThrow(
    expect.objectContaining({ name: 'RecognizerError', code: 'model_failed' }),
  );
});
