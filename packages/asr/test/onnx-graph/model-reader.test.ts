import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/onnx-graph/graph-builder.ts';
import { ModelReader } from '../../src/onnx-graph/model-reader.ts';
import { source } from '../support/moonshine-tiny.ts';

const encoder = new ModelReader(source.files.encoder);
const decoder = new ModelReader(source.files.decoder);
const refusal = (message: string | RegExp) =>
  expect.objectContaining({ name: 'RecognizerError', code: 'model_failed', message: expect.stringMatching(message) });

test('reads initialisers of floats and of bytes with their sizes', () => {
  expect(encoder.floats('layer_norm.weight')).toHaveLength(288);
  expect(encoder.floats('layer_norm.weight').every(Number.isFinite)).toBe(true);
  const { shape, bytes } = encoder.bytes('conv2.weight_quantized');
  expect([shape, bytes.length]).toEqual([[576, 288, 7], 576 * 288 * 7]);
  expect(encoder.float('conv2.weight_scale')).toBeCloseTo(0.0158, 4);
});

test('finds what lies in the branches of a merged decoder', () => {
  expect(decoder.linear('/model/decoder/layers.0/self_attn/q_proj')).toMatchObject({ inputs: 288, outputs: 288 });
});

test('reads a linear map with one scale and zero point for all its columns', () => {
  const { inputs, outputs, weights, scales, zeroPoints } = encoder.linear('/layers.0/mlp/fc1');
  expect([inputs, outputs, weights.length]).toEqual([288, 1152, 288 * 1152]);
  expect([scales.length, zeroPoints.length]).toEqual([outputs, outputs]);
  expect([new Set(scales).size, new Set(zeroPoints).size]).toEqual([1, 1]);
  expect(scales[0]).toBeGreaterThan(0);
});

test('tells the sizes of an input, 0 where the caller chooses', () => {
  expect(encoder.inputShape('input_values')).toEqual([0, 0]);
  expect(decoder.inputShape('past_key_values.0.decoder.key')).toEqual([0, 8, 0, 36]);
});

test('goes from a node to the one that uses it', () => {
  const node = encoder.firstNode('InstanceNormalization');
  expect(node.name).toBe('/groupnorm/InstanceNormalization');
  expect(encoder.consumerOf(node).input).toContain(node.output[0]);
});

test('reads what the builder writes, sub-graphs included', () => {
  const graph = new GraphBuilder('outer');
  const body = new GraphBuilder('inner');
  body.input('iteration', 'int64', []);
  body.input('condition', 'bool', []);
  const inner = body.floats([0.5, -1.25]);
  body.output(body.node('Identity', ['condition']), 'bool', []);
  body.output(inner, 'float32', [2]);
  const outer = graph.bytes(Uint8Array.of(3, 2, 1), [1, 3]);
  graph.output(graph.nodes('Loop', [graph.integers([1], []), ''], { body }, 1)[0] ?? '', 'float32', [1, 2]);
  const reader = new ModelReader(graph.toModel());
  expect(reader.initialiserNames).toEqual(expect.arrayContaining([inner, outer]));
  expect([...reader.floats(inner)]).toEqual([0.5, -1.25]);
  expect(reader.bytes(outer).shape).toEqual([1, 3]);
  expect([...reader.bytes(outer).bytes]).toEqual([3, 2, 1]);
  expect(reader.firstNode('Identity').input).toEqual(['condition']);
});

describe('refuses', () => {
  test.each([
    ['bytes that are no model', Uint8Array.of(0xff, 0xff, 0xff), /is no ONNX model/],
    ['a model without a graph', new Uint8Array(0), /without a graph/],
  ])('%s', (_, bytes, message) => {
    expect(() => new ModelReader(bytes)).toThrow(refusal(message));
  });

  test('a file that was cut short', () => {
    expect(() => new ModelReader(source.files.encoder.subarray(0, 100_000))).toThrow(refusal(/is no ONNX model/));
  });

  test('what is not there, by its name', () => {
    expect(() => encoder.floats('layers.99.bias')).toThrow(refusal(/lacks the initialiser layers\.99\.bias/));
    expect(() => encoder.bytes('layers.99.bias')).toThrow(refusal(/lacks the initialiser/));
    expect(() => encoder.linear('/layers.99/mlp/fc1')).toThrow(refusal(/lacks the linear map \/layers\.99\/mlp\/fc1/));
    expect(() => encoder.inputShape('audio')).toThrow(refusal(/lacks input audio/));
    expect(() => encoder.firstNode('Loop')).toThrow(refusal(/lacks a node of type Loop/));
    const last = encoder.firstNode('InstanceNormalization');
    expect(() => encoder.consumerOf({ ...last, output: ['nobody'] })).toThrow(refusal(/lacks a node that uses nobody/));
  });
});
