import { describe, expect, test } from 'vitest';
import {
  addCachedSelfAttention,
  addCrossAttention,
  addSelfAttention,
  type SelfAttentionWeights,
} from '../../../src/moonshine/graph/attention.ts';
import { addRotaryTables } from '../../../src/moonshine/graph/rotary-embedding.ts';
import { MoonshineWeights } from '../../../src/moonshine/graph/weights.ts';
import type { QuantizedLinear } from '../../../src/onnx-graph/quantized-linear.ts';
import { floats, integers, largestDifference, relativeError, runBlock, seededFloats } from '../../support/built-graph.ts';
import { source } from '../../support/moonshine-tiny.ts';
import { attendPlainly, multiplyPlainly, rotatePlainly, splitHeads, transposePlainly } from '../../support/plain-math.ts';
import { EXACT_FORMS } from '../../support/processor.ts';

const SEED = 20261125;
const TIMES = 7;
const POSITIONS = 32;
// Two linear maps one after the other, each with activations in 8 bits, 0.01 each; the scores of the attention double the first.
const MAXIMUM_ERROR = 0.03;

const weights = new MoonshineWeights(source.files);
const { sizes, frequencies } = weights;
const { width, heads, headSize } = sizes;

const attentionOf = (linear: (name: string) => QuantizedLinear): SelfAttentionWeights => ({
  query: linear('self_attn/q_proj'),
  key: linear('self_attn/k_proj'),
  value: linear('self_attn/v_proj'),
  output: linear('self_attn/dense'),
});
const ofEncoder = attentionOf((name) => weights.encoderLinear(0, name));
const ofDecoder = attentionOf((name) => weights.decoderLinear(0, name));

/** Rotated queries and keys, and values, of times that begin at a position. */
function projectPlainly(
  x: Float32Array,
  { query, key, value }: SelfAttentionWeights,
  position = 0,
): [Float32Array, Float32Array, Float32Array] {
  const rotate = (linear: QuantizedLinear) => rotatePlainly(multiplyPlainly(x, linear), frequencies, { heads, headSize, position });
  return [rotate(query), rotate(key), multiplyPlainly(x, value)];
}

const concat = (...parts: Float32Array[]): Float32Array => Float32Array.from(parts.flatMap((part) => [...part]));

/** How much each head attends to each time of one query; 0 for what fills the times up. */
function attentionPlainly(query: Float32Array, keys: Float32Array, times: number): Float32Array {
  const attention = new Float32Array(heads * TIMES);
  for (let head = 0; head < heads; head += 1) {
    const places = Array.from({ length: headSize }, (_, index) => head * headSize + index);
    const weights = Array.from({ length: times }, (_, time) =>
      Math.exp(places.reduce((sum, place) => sum + query[place]! * keys[time * width + place]!, 0) / Math.sqrt(headSize)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    attention.set(
      weights.map((weight) => weight / total),
      head * TIMES,
    );
  }
  return attention;
}

describe.each(EXACT_FORMS)('with %s weights', (sign) => {
  test('every time of the encoder hears every time', async () => {
    const x = seededFloats(TIMES * width, SEED);
    const [y] = await runBlock({ x: floats(x, [1, TIMES, width]), position: integers([0]) }, (graph) => [
      addSelfAttention(graph, 'x', ofEncoder, {
        sizes,
        form: sign,
        tables: addRotaryTables(graph, frequencies, POSITIONS),
        position: 'position',
      }),
    ]);
    const expected = multiplyPlainly(attendPlainly(projectPlainly(x, ofEncoder), sizes), ofEncoder.output);
    expect(y!.dims).toEqual([1, TIMES, width]);
    expect(relativeError(y!.data, expected)).toBeLessThanOrEqual(MAXIMUM_ERROR);
  });

  test.each([0, 1, TIMES])('a new time of the decoder hears the %i before it and itself', async (count) => {
    const past = projectPlainly(seededFloats(count * width, SEED), ofDecoder);
    const x = seededFloats(width, SEED + 1);
    const feeds = {
      x: floats(x, [1, 1, width]),
      position: integers([count]),
      keys: floats(splitHeads(past[1], sizes), [1, heads, count, headSize]),
      values: floats(splitHeads(past[2], sizes), [1, heads, count, headSize]),
    };
    const [y, keys, values] = await runBlock(feeds, (graph) => {
      const tables = addRotaryTables(graph, frequencies, POSITIONS);
      const context = { sizes, form: sign, tables, position: 'position' };
      const { output, present } = addCachedSelfAttention(graph, 'x', { keys: 'keys', values: 'values' }, ofDecoder, context);
      return [output, present.keys, present.values];
    });
    const [query, key, value] = projectPlainly(x, ofDecoder, count);
    const [allKeys, allValues] = [concat(past[1], key), concat(past[2], value)];
    const expected = multiplyPlainly(attendPlainly([query, allKeys, allValues], sizes), ofDecoder.output);
    expect(relativeError(y!.data, expected)).toBeLessThanOrEqual(MAXIMUM_ERROR);
    expect(keys!.dims).toEqual([1, heads, count + 1, headSize]);
    expect(relativeError(keys!.data, splitHeads(allKeys, sizes))).toBeLessThanOrEqual(MAXIMUM_ERROR);
    expect(relativeError(values!.data, splitHeads(allValues, sizes))).toBeLessThanOrEqual(MAXIMUM_ERROR);
  });

  test('what is remembered is handed on as it was given', async () => {
    const remembered = seededFloats(TIMES * width, SEED);
    const feeds = {
      x: floats(seededFloats(width, SEED + 1), [1, 1, width]),
      position: integers([TIMES]),
      past: floats(remembered, [1, heads, TIMES, headSize]),
    };
    const [keys] = await runBlock(feeds, (graph) => {
      const context = { sizes, form: sign, tables: addRotaryTables(graph, frequencies, POSITIONS), position: 'position' };
      return [addCachedSelfAttention(graph, 'x', { keys: 'past', values: 'past' }, ofDecoder, context).present.keys];
    });
    for (let head = 0; head < heads; head += 1) {
      const own = keys!.data.subarray(head * (TIMES + 1) * headSize, (head * (TIMES + 1) + TIMES) * headSize);
      expect(largestDifference(own, remembered.subarray(head * TIMES * headSize, (head + 1) * TIMES * headSize))).toBe(0);
    }
  });

  test.each([0, 1, 5])('a time of the decoder hears the frames of the encoder, not the %i that fill a short clip up', async (filled) => {
    const crossWeights = { query: weights.decoderLinear(0, 'encoder_attn/q_proj'), output: weights.decoderLinear(0, 'encoder_attn/dense') };
    const frames = seededFloats(TIMES * width, SEED);
    const keys = multiplyPlainly(frames, weights.decoderLinear(0, 'encoder_attn/k_proj'));
    const values = multiplyPlainly(frames, weights.decoderLinear(0, 'encoder_attn/v_proj'));
    const x = seededFloats(width, SEED + 1);
    const feeds = {
      x: floats(x, [1, 1, width]),
      keys: floats(
        transposePlainly(keys, TIMES).map((key) => key / Math.sqrt(headSize)),
        [1, heads, headSize, TIMES],
      ),
      values: floats(splitHeads(values, sizes), [1, heads, TIMES, headSize]),
      mask: floats(new Float32Array(TIMES).fill(-1e9, TIMES - filled), [1, 1, 1, TIMES]),
    };
    const [y, attention] = await runBlock(feeds, (graph) => {
      const shape = graph.integers([1, 1, width]);
      const crossed = addCrossAttention(graph, 'x', { keys: 'keys', values: 'values', mask: 'mask' }, crossWeights, {
        sizes,
        form: sign,
        shape,
      });
      return [crossed.output, crossed.attention];
    });
    const length = (TIMES - filled) * width;
    const query = multiplyPlainly(x, crossWeights.query);
    const heard = attendPlainly([query, keys.subarray(0, length), values.subarray(0, length)], sizes);
    expect(y!.dims).toEqual([1, 1, width]);
    expect(relativeError(y!.data, multiplyPlainly(heard, crossWeights.output))).toBeLessThanOrEqual(MAXIMUM_ERROR);
    expect(attention!.dims).toEqual([1, heads, 1, TIMES]);
    expect(relativeError(attention!.data, attentionPlainly(query, keys, TIMES - filled))).toBeLessThanOrEqual(MAXIMUM_ERROR);
  });
});
