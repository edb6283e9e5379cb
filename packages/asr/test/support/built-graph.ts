import * as runtime from 'onnxruntime-node';
import { GraphBuilder } from '../../src/onnx-graph/graph-builder.ts';

/** Values and sizes of a tensor. */
export interface PlainTensor {
  readonly data: Float32Array | Uint8Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** Floats of these sizes. */
export function floats(data: Float32Array, shape: readonly number[]): PlainTensor {
  return { data, shape };
}

/** Whole numbers of these sizes. */
export function integers(values: readonly number[], shape: readonly number[] = [values.length]): PlainTensor {
  return { data: BigInt64Array.from(values, BigInt), shape };
}

/** Runs a model file once on the real runtime. */
export async function runModel(bytes: Uint8Array, feeds: Readonly<Record<string, PlainTensor>>): Promise<Record<string, runtime.Tensor>> {
  const session = await runtime.InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  try {
    return await session.run(Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toTensor(tensor)])));
  } finally {
    await session.release();
  }
}

/**
 * Builds a graph around a block and runs it once.
 *
 * @param addBlock - Is given the names of the inputs; returns the values to look at, all of them floats.
 * @returns The values in that order.
 */
export async function runBlock(
  feeds: Readonly<Record<string, PlainTensor>>,
  addBlock: (graph: GraphBuilder) => readonly string[],
): Promise<{ readonly data: Float32Array; readonly dims: readonly number[] }[]> {
  const graph = new GraphBuilder('block');
  for (const [name, { data, shape }] of Object.entries(feeds)) graph.input(name, data instanceof Float32Array ? 'float32' : 'int64', shape);
  const values = addBlock(graph);
  for (const [index, value] of values.entries()) graph.output(value, 'float32', [], `result.${index}`);
  const outputs = await runModel(withoutOutputShapes(graph), feeds);
  return values.map((_, index) => {
    const { data, dims } = outputs[`result.${index}`]!;
    if (!(data instanceof Float32Array)) throw new TypeError('a block gives floats');
    return { data, dims };
  });
}

/** Root mean square of the difference over that of the expected values; NaN, which fails every comparison, where the lengths differ. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  let error = 0;
  let power = 0;
  for (let index = 0; index < expected.length; index += 1) {
    error += (actual[index]! - expected[index]!) ** 2;
    power += expected[index]! ** 2;
  }
  return Math.sqrt(error / power);
}

/** Largest difference of two values at the same place. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  return Array.from(expected).reduce((largest, value, index) => Math.max(largest, Math.abs(actual[index]! - value)), 0);
}

/** Activations, evenly spread over -1 to 1, the same for the same seed. */
export function seededFloats(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

function toTensor({ data, shape }: PlainTensor): runtime.Tensor {
  if (data instanceof BigInt64Array) return new runtime.Tensor('int64', data, shape);
  return data instanceof Float32Array ? new runtime.Tensor('float32', data, shape) : new runtime.Tensor('uint8', data, shape);
}

/** The sizes of a result are what the block makes them: an output without sizes may have any. */
function withoutOutputShapes(graph: GraphBuilder): Uint8Array {
  for (const { type } of graph.toGraph().output) if (type?.value.case === 'tensorType') delete type.value.value.shape;
  return graph.toModel();
}
