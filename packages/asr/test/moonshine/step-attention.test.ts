import { Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { readAttention } from '../../src/moonshine/step-attention.ts';

const outputs = (values: readonly number[], dims: readonly number[]) => ({
  attention: new Tensor('float32', Float32Array.from(values), dims),
});

test('gives what the only head attends to in each step of each row', () => {
  const attention = readAttention(outputs([1, 0, 0, 1, 0.5, 0.5, 0.25, 0.75], [2, 2, 1, 1, 2]));
  expect([0, 1, 2, 3].map((index) => [...attention(index).attention!])).toEqual([
    [1, 0],
    [0, 1],
    [0.5, 0.5],
    [0.25, 0.75],
  ]);
});

test('gives the mean of several heads', () => {
  const attention = readAttention(outputs([1, 0, 0, 1, 0.5, 0.5, 0.25, 0.75], [2, 1, 1, 2, 2]));
  expect([0, 1].map((index) => [...attention(index).attention!])).toEqual([
    [0.5, 0.5],
    [0.375, 0.625],
  ]);
});

test('gives nothing of a graph that does not say it', () => {
  expect(readAttention({})(0)).toEqual({});
});
