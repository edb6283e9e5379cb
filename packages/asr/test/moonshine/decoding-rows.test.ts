import { loadOnnxModel, type OnnxTensor } from '@outspoken/onnx';
import * as runtime from 'onnxruntime-node';
import { afterAll, expect, test } from 'vitest';
import { DecodingRows, readRowInputs } from '../../src/moonshine/decoding-rows.ts';
import { buildGraphs } from '../support/moonshine-tiny.ts';

const [HEADS, SIZE] = [2, 3];
const inputs = {
  cross: [
    { name: 'cross_key.0', timeAxis: 3 },
    { name: 'cross_value.0', timeAxis: 2 },
  ],
  cache: [
    {
      keys: 'self_key.0',
      values: 'self_value.0',
      nextKeys: 'next_self_key.0',
      nextValues: 'next_self_value.0',
      heads: HEADS,
      headSize: SIZE,
    },
  ],
};

const model = await loadOnnxModel(runtime, buildGraphs('unsigned').decoder, {});
afterAll(() => model.close());

/** What the encoder leaves of a clip: every value says of which clip, head, size and time it is. */
function encoded(clip: number, times: number): Record<string, OnnxTensor> {
  const name = (head: number, size: number, time: number): number => clip * 1000 + head * 100 + size * 10 + time;
  const keys: number[] = [];
  const values: number[] = [];
  for (let head = 0; head < HEADS; head += 1) {
    for (let size = 0; size < SIZE; size += 1) for (let time = 0; time < times; time += 1) keys.push(name(head, size, time));
    for (let time = 0; time < times; time += 1) for (let size = 0; size < SIZE; size += 1) values.push(name(head, size, time));
  }
  return {
    'cross_key.0': new runtime.Tensor('float32', Float32Array.from(keys), [1, HEADS, SIZE, times]),
    'cross_value.0': new runtime.Tensor('float32', Float32Array.from(values), [1, HEADS, times, SIZE]),
  };
}

const start = { position: 0, stepCount: 1, candidateCount: 2, givenTokenId: 9 };
const dataOf = (tensor: OnnxTensor | undefined) => [...(tensor!.data as Float32Array)];

/** Row of a tensor, without what fills it up. */
function rowOf(tensor: OnnxTensor | undefined, row: number): number[] {
  const data = dataOf(tensor);
  const length = data.length / tensor!.dims[0]!;
  return data.slice(row * length, (row + 1) * length).filter((value) => value !== 0);
}

test('reads from the real graph which inputs have rows, and which axis of them are the times', () => {
  const { cross, cache } = readRowInputs(model);
  expect(cross.filter(({ name }) => name.endsWith('.0'))).toEqual(inputs.cross);
  expect(cache).toHaveLength(cross.length / 2);
  expect(cache[0]).toEqual({ ...inputs.cache[0], heads: 8, headSize: 36 });
});

test('hands a single clip on as it is, with nothing masked', () => {
  const clip = encoded(1, 4);
  const feeds = new DecodingRows(runtime, inputs, [clip]).feeds([5], { ...start, position: 3, stepCount: 7 });
  expect(feeds['cross_key.0']).toBe(clip['cross_key.0']);
  expect(feeds['cross_value.0']).toBe(clip['cross_value.0']);
  expect(dataOf(feeds['cross_mask'])).toEqual([0, 0, 0, 0]);
  expect(feeds['self_key.0']!.dims).toEqual([1, HEADS, 0, SIZE]);
  expect(feeds['tokens']!.data).toEqual(BigInt64Array.of(5n));
  expect(feeds['position']!.data).toEqual(BigInt64Array.of(3n));
  expect(feeds['maximum_steps']!.data).toEqual(BigInt64Array.of(7n));
  expect(feeds['candidate_count']!.data).toEqual(BigInt64Array.of(2n));
  expect(feeds['given_tokens']!.data).toEqual(BigInt64Array.of(9n));
});

test('fills short clips up to the longest and masks what it filled', () => {
  const clips = [encoded(1, 2), encoded(2, 4), encoded(3, 1)];
  const feeds = new DecodingRows(runtime, inputs, clips).feeds([5, 6, 7], start);
  expect(feeds['cross_key.0']!.dims).toEqual([3, HEADS, SIZE, 4]);
  expect(feeds['cross_value.0']!.dims).toEqual([3, HEADS, 4, SIZE]);
  for (const [row, clip] of clips.entries()) {
    expect(rowOf(feeds['cross_key.0'], row)).toEqual(dataOf(clip['cross_key.0']));
    expect(rowOf(feeds['cross_value.0'], row)).toEqual(dataOf(clip['cross_value.0']));
  }
  expect(dataOf(feeds['cross_mask']).map((value) => value < 0)).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1].map((masked) => masked === 1));
});

test('goes on with the rows that are kept, in the places that they are given', () => {
  const clips = [encoded(1, 2), encoded(2, 4), encoded(3, 3), encoded(4, 1)];
  const rows = new DecodingRows(runtime, inputs, clips);
  const written = new runtime.Tensor(
    'float32',
    Float32Array.from({ length: 4 * HEADS * SIZE }, (_, index) => 1 + index),
    [4, HEADS, 1, SIZE],
  );
  rows.advance({
    'next_self_key.0': written,
    'next_self_value.0': new runtime.Tensor('float32', Float32Array.from(written.data as Float32Array), written.dims),
  });
  rows.keep([0, 3, 2]);
  const feeds = rows.feeds([1, 2, 3], start);
  for (const [place, row] of [0, 3, 2].entries()) {
    expect(rowOf(feeds['cross_key.0'], place)).toEqual(dataOf(clips[row]!['cross_key.0']));
    expect(rowOf(feeds['cross_value.0'], place)).toEqual(dataOf(clips[row]!['cross_value.0']));
    expect(rowOf(feeds['self_key.0'], place)[0]).toBe(1 + row * HEADS * SIZE);
    expect(rowOf(feeds['self_value.0'], place)[0]).toBe(1 + row * HEADS * SIZE);
  }
  expect(feeds['self_key.0']!.dims).toEqual([3, HEADS, 1, SIZE]);
  expect(dataOf(feeds['cross_mask']).map((value) => value < 0)).toEqual([0, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1].map((masked) => masked === 1));
});

test('refuses what the encoder did not give', () => {
  expect(() => new DecodingRows(runtime, inputs, [{}])).toThrow('cross_key.0');
});
