import * as runtime from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/onnx-graph/graph-builder.ts';
import { floats, integers, runModel } from '../support/built-graph.ts';

const dataOf = (tensor: runtime.Tensor | undefined): unknown[] => [...(tensor!.data as Float32Array)];

test('a graph of a few nodes runs', async () => {
  const graph = new GraphBuilder('sum');
  const x = graph.input('x', 'float32', ['rows', 2]);
  graph.output(graph.node('Add', [x, graph.floats([10, 20])]), 'float32', ['rows', 2], 'y');
  const { y } = await runModel(graph.toModel(), { x: floats(Float32Array.of(1, 2, 3, 4), [2, 2]) });
  expect([y!.dims, dataOf(y)]).toEqual([
    [2, 2],
    [11, 22, 13, 24],
  ]);
});

test('inputs keep their names, sizes and the names of sizes that the caller chooses', async () => {
  const graph = new GraphBuilder('sizes');
  const x = graph.input('x', 'float32', [1, 'time', 3]);
  graph.output(graph.node('Identity', [x]), 'float32', [1, 'time', 3], 'y');
  const session = await runtime.InferenceSession.create(graph.toModel());
  expect([...session.inputNames, ...session.outputNames]).toEqual(['x', 'y']);
  expect(session.inputMetadata[0]).toMatchObject({ name: 'x', type: 'float32', shape: [1, 'time', 3] });
  await session.release();
});

test('constants of every type arrive as they were given', async () => {
  const graph = new GraphBuilder('constants');
  const constants = {
    floats: graph.floats([0.5, -1.25, 3, 4], [2, 2]),
    float: graph.float(7.5),
    unsigned: graph.bytes(Uint8Array.of(0, 127, 128, 255), [4]),
    signed: graph.bytes(Int8Array.of(-128, -1, 0, 127), [4]),
    integers: graph.integers([-1, 0, 2 ** 40]),
  };
  const types = { floats: 'float32', float: 'float32', unsigned: 'uint8', signed: 'int8', integers: 'int64' } as const;
  const shapes = { floats: [2, 2], float: [], unsigned: [4], signed: [4], integers: [3] };
  for (const name of Object.keys(types) as (keyof typeof types)[]) graph.output(constants[name], types[name], shapes[name], name);
  const outputs = await runModel(graph.toModel(), {});
  expect(Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, [tensor.type, tensor.dims, dataOf(tensor)]]))).toEqual({
    floats: ['float32', [2, 2], [0.5, -1.25, 3, 4]],
    float: ['float32', [], [7.5]],
    unsigned: ['uint8', [4], [0, 127, 128, 255]],
    signed: ['int8', [4], [-128, -1, 0, 127]],
    integers: ['int64', [3], [-1n, 0n, 2n ** 40n]],
  });
});

test('bytes that are a part of a larger array are written without the rest', async () => {
  const graph = new GraphBuilder('part');
  graph.output(graph.bytes(Uint8Array.of(1, 2, 3, 4, 5).subarray(1, 4), [3]), 'uint8', [3], 'y');
  expect(dataOf((await runModel(graph.toModel(), {}))['y'])).toEqual([2, 3, 4]);
});

test('equal whole numbers are stored once, those of other sizes apart', () => {
  const graph = new GraphBuilder('shared');
  expect(graph.integers([1, 2])).toBe(graph.integers([1, 2]));
  expect(graph.integers([1], [])).not.toBe(graph.integers([1]));
  expect(graph.integers([1])).not.toBe(graph.integers([1, 2]));
});

test('an output without a name of its own keeps that of the value', async () => {
  const graph = new GraphBuilder('names');
  const value = graph.node('Neg', [graph.input('x', 'float32', [1])]);
  graph.output(value, 'float32', [1]);
  expect(dataOf((await runModel(graph.toModel(), { x: floats(Float32Array.of(3), [1]) }))[value])).toEqual([-3]);
});

test('the same calls give the same bytes', () => {
  const build = (): Uint8Array => {
    const graph = new GraphBuilder('same');
    graph.output(graph.node('Add', [graph.input('x', 'float32', [1]), graph.float(1)]), 'float32', [1], 'y');
    return graph.toModel();
  };
  expect(build()).toEqual(build());
});

describe('attributes', () => {
  test('whole numbers, lists of them and real numbers', async () => {
    const graph = new GraphBuilder('attributes');
    const x = graph.input('x', 'float32', [2, 3]);
    graph.output(graph.node('Transpose', [x], { perm: [1, 0] }), 'float32', [3, 2], 'transposed');
    graph.output(graph.node('LeakyRelu', [x], { alpha: { float: 0.25 } }), 'float32', [2, 3], 'leaky');
    graph.output(graph.node('Concat', [x, x], { axis: 1 }), 'float32', [2, 6], 'concatenated');
    const outputs = await runModel(graph.toModel(), { x: floats(Float32Array.of(1, 2, -3, -4, 5, 6), [2, 3]) });
    expect(dataOf(outputs['transposed'])).toEqual([1, -4, 2, 5, -3, 6]);
    expect(dataOf(outputs['leaky'])).toEqual([1, 2, -0.75, -1, 5, 6]);
    expect(dataOf(outputs['concatenated'])).toEqual([1, 2, -3, 1, 2, -3, -4, 5, 6, -4, 5, 6]);
  });

  test('a sub-graph, which sees the values around it', async () => {
    const graph = new GraphBuilder('loop');
    const start = graph.input('start', 'int64', [1]);
    const addend = graph.input('addend', 'int64', [1]);
    const body = new GraphBuilder('body');
    body.input('iteration', 'int64', []);
    body.input('condition', 'bool', []);
    const state = body.input('state', 'int64', [1]);
    body.output(body.node('Identity', ['condition']), 'bool', []);
    body.output(body.node('Add', [state, addend]), 'int64', [1]);
    const [end = ''] = graph.nodes('Loop', [graph.integers([5], []), '', start], { body }, 1);
    graph.output(end, 'int64', [1], 'end');
    expect(dataOf((await runModel(graph.toModel(), { start: integers([100]), addend: integers([7]) }))['end'])).toEqual([135n]);
  });
});

test('a node may have several outputs', async () => {
  const graph = new GraphBuilder('split');
  const [left = '', right = ''] = graph.nodes('Split', [graph.input('x', 'float32', [3]), graph.integers([1, 2])], { axis: 0 }, 2);
  graph.output(right, 'float32', [2], 'right');
  graph.output(left, 'float32', [1], 'left');
  const outputs = await runModel(graph.toModel(), { x: floats(Float32Array.of(1, 2, 3), [3]) });
  expect([dataOf(outputs['left']), dataOf(outputs['right'])]).toEqual([[1], [2, 3]]);
});

test("onnxruntime's own operators are found", async () => {
  const graph = new GraphBuilder('fused');
  graph.output(graph.fused('QuickGelu', [graph.input('x', 'float32', [1])], { alpha: { float: 1 } }), 'float32', [1], 'y');
  const { y } = await runModel(graph.toModel(), { x: floats(Float32Array.of(2), [1]) });
  // One 32-bit float, with an exponential that the runtime approximates.
  expect(y!.data[0]).toBeCloseTo(2 / (1 + Math.exp(-2)), 5);
});
