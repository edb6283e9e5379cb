import { GraphBuilder } from '@outspoken/asr/graph';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Work } from './model-work.ts';

const PROBE_MS = 400;
const MINIMUM_RUNS = 5;
/** Large enough that packing, calling and the edges of tiles do not show. */
const LARGE = { rows: 512, inner: 1024, columns: 1024 };
/** A cache may hold what the decoder reads in a step; nothing holds so many times that. */
const FAR_FACTOR = 8;

/** What one core of this machine can do at best, through the very runtime that computes the model. */
export interface Roofline {
  readonly int8MacsPerSecond: number;
  readonly fp32MacsPerSecond: number;
  /** Reading as much as the decoder reads in a step, again and again: from a cache where it fits. */
  readonly bytesPerSecond: number;
  /** Every probe by name, for the record. */
  readonly probes: Readonly<Record<string, number>>;
}

interface Probe {
  readonly name: string;
  readonly operator: string;
  readonly input: { readonly type: 'uint8' | 'float32'; readonly shape: readonly number[] };
  readonly output: { readonly type: 'int32' | 'float32'; readonly shape: readonly number[] };
  /** Adds the weights, if the operator has any; all of them are 1. */
  readonly addWeights?: (graph: GraphBuilder) => string;
  /** Multiply-accumulates or bytes of one run. */
  readonly amount: number;
}

/** Measures the limits with graphs of one operator, one thread; what counts is the best run of each. */
export async function measureRoofline(
  stepBytes: number,
  encoderShape: { readonly rows: number; readonly inner: number },
): Promise<Roofline> {
  const shaped = { ...encoderShape, columns: 4 * encoderShape.inner };
  const products = [
    product('u8 x s8', 'int8', LARGE),
    product('u8 x u8', 'uint8', LARGE),
    product('u8 x s8, a feed-forward layer of the encoder', 'int8', shaped),
    product('fp32', 'float32', LARGE),
  ];
  const streams = [
    ...[stepBytes, FAR_FACTOR * stepBytes].flatMap((bytes) => [
      vectorProduct('int8', bytes),
      vectorProduct('float32', bytes),
      reduction(bytes),
    ]),
  ];
  const probes: Record<string, number> = {};
  for (const probe of [...products, ...streams]) probes[probe.name] = await runProbe(probe);
  const best = (candidates: readonly Probe[]): number => Math.max(...candidates.map(({ name }) => probes[name] ?? 0));
  return {
    int8MacsPerSecond: best(products.slice(0, 2)),
    fp32MacsPerSecond: best(products.slice(-1)),
    bytesPerSecond: best(streams.slice(0, streams.length / 2)),
    probes,
  };
}

/** The least time that work can take: what is larger, computing or reading. */
export function floorMs(work: Work, roofline: Roofline): number {
  const computeSeconds = (work.int8Macs + 2 * work.int16Macs) / roofline.int8MacsPerSecond + work.fp32Macs / roofline.fp32MacsPerSecond;
  return 1000 * Math.max(computeSeconds, work.bytes / roofline.bytesPerSecond);
}

function product(
  name: string,
  type: 'int8' | 'uint8' | 'float32',
  { rows, inner, columns }: { readonly rows: number; readonly inner: number; readonly columns: number },
): Probe {
  const isFloat = type === 'float32';
  return {
    name: `multiply ${name}, ${rows} x ${inner} x ${columns}`,
    operator: isFloat ? 'MatMul' : 'MatMulInteger',
    input: { type: isFloat ? 'float32' : 'uint8', shape: [rows, inner] },
    output: { type: isFloat ? 'float32' : 'int32', shape: [rows, columns] },
    addWeights: (graph) => addOnes(graph, type, [inner, columns]),
    amount: rows * inner * columns,
  };
}

/** One row times a matrix, as in a step of the decoder: every weight is read once. */
function vectorProduct(type: 'int8' | 'float32', bytes: number): Probe {
  const inner = 288;
  const columns = Math.floor(bytes / (type === 'int8' ? 1 : 4) / inner);
  return {
    ...product(type, type, { rows: 1, inner, columns }),
    name: `read ${toMegabytes(bytes)} as ${type} weights of one row`,
    amount: bytes,
  };
}

function reduction(bytes: number): Probe {
  return {
    name: `read ${toMegabytes(bytes)} in a sum`,
    operator: 'ReduceSum',
    input: { type: 'float32', shape: [1024, Math.floor(bytes / 4096)] },
    output: { type: 'float32', shape: [1, 1] },
    amount: bytes,
  };
}

function toMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function addOnes(graph: GraphBuilder, type: 'int8' | 'uint8' | 'float32', shape: readonly [number, number]): string {
  const count = shape[0] * shape[1];
  if (type === 'float32') return graph.floats(new Float32Array(count).fill(1), shape);
  return graph.bytes((type === 'int8' ? new Int8Array(count) : new Uint8Array(count)).fill(1), shape);
}

/** A graph of one operator. */
function buildProbe({ operator, input, output, addWeights }: Probe): Uint8Array {
  const graph = new GraphBuilder('probe');
  const values = [graph.input('input', input.type, input.shape), ...(addWeights ? [addWeights(graph)] : [])];
  graph.output(graph.node(operator, values), output.type, output.shape);
  return graph.toModel();
}

/** Multiply-accumulates or bytes a second in the best run. */
async function runProbe(probe: Probe): Promise<number> {
  const { input, amount } = probe;
  const session = await InferenceSession.create(buildProbe(probe), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Otherwise the graph of constants would be computed once, here.
    graphOptimizationLevel: 'basic',
  });
  const count = input.shape.reduce((total, size) => total * size, 1);
  const data = input.type === 'float32' ? new Float32Array(count).fill(1) : new Uint8Array(count).fill(1);
  const feeds = { input: new Tensor(input.type, data, [...input.shape]) };
  let bestMs = Number.POSITIVE_INFINITY;
  const endsAtMs = performance.now() + PROBE_MS;
  for (let run = 0; run < MINIMUM_RUNS || performance.now() < endsAtMs; run += 1) {
    const startedAtMs = performance.now();
    await session.run(feeds);
    bestMs = Math.min(bestMs, performance.now() - startedAtMs);
  }
  await session.release();
  return (1000 * amount) / bestMs;
}
