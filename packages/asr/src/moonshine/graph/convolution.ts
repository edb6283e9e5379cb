import type { GraphBuilder } from '../../onnx-graph/graph-builder.ts';
import type { WeightForm } from '../../onnx-graph/quantized-linear.ts';
import type { QuantizedConvolution } from './weights.ts';

const ZERO_POINT = 128;
const LARGEST = 127;
const LOW_BYTE = 256;

/**
 * `y[t, o] = Σ w[o, i, k] x[stride · t + k, i] + b[o]`, with time as rows: a matrix product over windows of the input.
 *
 * Unsigned: in floats. Signed: in integers, with the input in 16 bits, see {@link addSplitProduct}.
 *
 * @param x - `[1, time, inputs]`
 * @returns `[1, time', outputs]`
 */
export function addConvolution(
  graph: GraphBuilder,
  x: string,
  convolution: QuantizedConvolution,
  bias: Float32Array,
  form: WeightForm,
): string {
  const product =
    form === 'signed'
      ? addSplitProduct(graph, x, convolution)
      : graph.node('MatMul', [addWindows(graph, x, convolution), floatWeights(graph, convolution)]);
  return graph.node('Add', [product, graph.floats(bias)]);
}

/** A convolution of samples, in floats, whose stride divides its length but for one tap: neighbouring rows of `stride` samples. */
export function addSampleConvolution(graph: GraphBuilder, samples: string, convolution: QuantizedConvolution): string {
  const { taps, stride, outputs } = convolution;
  const rowsPerWindow = Math.ceil(taps / stride);
  const count = graph.node('Gather', [graph.node('Shape', [samples]), graph.integers([1])]);
  const windows = graph.node('Add', [
    graph.node('Div', [graph.node('Sub', [count, graph.integers([taps])]), graph.integers([stride])]),
    graph.integers([1]),
  ]);
  // The last window may want some samples more than there are: their weights are 0.
  const missing = rowsPerWindow * stride - taps;
  const padded = graph.node('Concat', [samples, graph.floats(new Float32Array(missing), [1, missing])], { axis: 1 });
  const rows = graph.node('Add', [windows, graph.integers([rowsPerWindow - 1])]);
  const needed = graph.node('Slice', [
    padded,
    graph.integers([0]),
    graph.node('Mul', [rows, graph.integers([stride])]),
    graph.integers([1]),
  ]);
  const grid = graph.node('Reshape', [needed, graph.integers([1, -1, stride])]);
  const parts = Array.from({ length: rowsPerWindow }, (_, row) =>
    graph.node('Slice', [grid, graph.integers([row]), graph.node('Add', [windows, graph.integers([row])]), graph.integers([1])]),
  );
  const weights = new Float32Array(rowsPerWindow * stride * outputs);
  for (let output = 0; output < outputs; output += 1) {
    for (let tap = 0; tap < taps; tap += 1) weights[tap * outputs + output] = weightOf(convolution, output, 0, tap);
  }
  const joined = graph.node('Concat', parts, { axis: -1 });
  return graph.node('MatMul', [joined, graph.floats(weights, [rowsPerWindow * stride, outputs])]);
}

/**
 * The product in integers with 16 bits for the input: `x = h · (256 · high + low) / 256`, both bytes in one product of twice the rows.
 * One byte is not enough: it leaves nothing of the quiet frames, and the text breaks. The published weights stay exact; what they are
 * beside `scale · q`, an offset, is applied to the sum of each window, which one more column of ones computes.
 */
function addSplitProduct(graph: GraphBuilder, x: string, convolution: QuantizedConvolution): string {
  const { outputs, scale, offset } = convolution;
  const zeroPoint = graph.bytes(Uint8Array.of(ZERO_POINT), []);
  const peak = graph.node('ReduceMax', [graph.node('Abs', [x])], { keepdims: 0 });
  const highStep = graph.node('Add', [graph.node('Mul', [peak, graph.float(1 / LARGEST)]), graph.float(1e-20)]);
  const lowStep = graph.node('Mul', [highStep, graph.float(1 / LOW_BYTE)]);
  const high = graph.node('QuantizeLinear', [x, highStep, zeroPoint]);
  const rest = graph.node('Sub', [x, graph.node('DequantizeLinear', [high, highStep, zeroPoint])]);
  const low = graph.node('QuantizeLinear', [rest, lowStep, zeroPoint]);
  const windows = graph.node('Concat', [addWindows(graph, high, convolution), addWindows(graph, low, convolution)], { axis: 0 });
  const product = graph.node('MatMulInteger', [windows, integerWeights(graph, convolution), zeroPoint]);
  const [highPart = '', lowPart = ''] = graph.nodes(
    'Split',
    [graph.node('Cast', [product], { to: 1 }), graph.integers([1, 1])],
    { axis: 0 },
    2,
  );
  const whole = graph.node('Add', [graph.node('Mul', [highPart, graph.float(LOW_BYTE)]), lowPart]);
  const [sums = '', windowSums = ''] = graph.nodes('Split', [whole, graph.integers([outputs, 1])], { axis: -1 }, 2);
  const shifted = graph.node('Add', [sums, graph.node('Mul', [windowSums, graph.float(offset / scale)])]);
  return graph.node('Mul', [shifted, graph.node('Mul', [lowStep, graph.float(scale)])]);
}

/** Every window of `taps` times side by side: `[1, time, inputs]` to `[1, time', taps · inputs]`. */
function addWindows(graph: GraphBuilder, x: string, { taps, stride }: QuantizedConvolution): string {
  const count = graph.node('Gather', [graph.node('Shape', [x]), graph.integers([1])]);
  const parts = Array.from({ length: taps }, (_, tap) => {
    const end = graph.node('Sub', [count, graph.integers([taps - 1 - tap])]);
    return graph.node('Slice', [x, graph.integers([tap]), end, graph.integers([1]), graph.integers([stride])]);
  });
  return graph.node('Concat', parts, { axis: -1 });
}

/** `[taps · inputs, outputs + 1]`, the last column all ones. */
function integerWeights(graph: GraphBuilder, { outputs, inputs, taps, quantized }: QuantizedConvolution): string {
  const columns = outputs + 1;
  const weights = new Int8Array(taps * inputs * columns).fill(1);
  for (let output = 0; output < outputs; output += 1) {
    for (let input = 0; input < inputs; input += 1) {
      for (let tap = 0; tap < taps; tap += 1) {
        weights[(tap * inputs + input) * columns + output] = quantized[(output * inputs + input) * taps + tap] ?? 0;
      }
    }
  }
  return graph.bytes(weights, [taps * inputs, columns]);
}

/** `[taps · inputs, outputs]`. */
function floatWeights(graph: GraphBuilder, convolution: QuantizedConvolution): string {
  const { outputs, inputs, taps } = convolution;
  const weights = new Float32Array(taps * inputs * outputs);
  for (let output = 0; output < outputs; output += 1) {
    for (let input = 0; input < inputs; input += 1) {
      for (let tap = 0; tap < taps; tap += 1) {
        weights[(tap * inputs + input) * outputs + output] = weightOf(convolution, output, input, tap);
      }
    }
  }
  return graph.floats(weights, [taps * inputs, outputs]);
}

function weightOf({ inputs, taps, quantized, scale, offset }: QuantizedConvolution, output: number, input: number, tap: number): number {
  return (quantized[(output * inputs + input) * taps + tap] ?? 0) * scale + offset;
}
