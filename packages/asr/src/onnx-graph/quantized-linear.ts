import type { GraphBuilder } from './graph-builder.ts';

/** A linear map with 8-bit weights: `W[i, o] = scales[o] · (weights[i, o] − zeroPoints[o])`. */
export interface QuantizedLinear {
  readonly inputs: number;
  readonly outputs: number;
  /** `[inputs, outputs]`, unsigned. */
  readonly weights: Uint8Array;
  readonly scales: Float32Array;
  readonly zeroPoints: Uint8Array;
}

/**
 * How weights are stored. Signed bytes have the fast kernels (VNNI, AMX, ARM); AVX2 without VNNI saturates on them. Floats are slow and
 * four times as large, and round nothing on the way: what the others are measured by.
 */
export type WeightForm = 'signed' | 'unsigned' | 'float';

// The same value in both forms: u8 with zero point z is s8 with zero point z − 128.
const SIGN_OFFSET = 128;
// Steps of a quantised row to either side of zero.
const LARGEST_STEP = 127;

/** Puts maps of the same input side by side, so that the input is quantised once: `[W1 W2 …]`. */
export function joinLinears(parts: readonly QuantizedLinear[]): QuantizedLinear {
  const inputs = parts[0]?.inputs ?? 0;
  const outputs = parts.reduce((sum, part) => sum + part.outputs, 0);
  const weights = new Uint8Array(inputs * outputs);
  const scales = new Float32Array(outputs);
  const zeroPoints = new Uint8Array(outputs);
  let column = 0;
  for (const part of parts) {
    for (let row = 0; row < inputs; row += 1) {
      weights.set(part.weights.subarray(row * part.outputs, (row + 1) * part.outputs), row * outputs + column);
    }
    scales.set(part.scales, column);
    zeroPoints.set(part.zeroPoints, column);
    column += part.outputs;
  }
  return { inputs, outputs, weights, scales, zeroPoints };
}

/** A map whose result is multiplied by a factor. */
export function scaleLinear(linear: QuantizedLinear, factor: number): QuantizedLinear {
  return { ...linear, scales: linear.scales.map((scale) => scale * factor) };
}

/** Reads a map that is stored as `[outputs, inputs]`. */
export function transposeLinear(linear: QuantizedLinear): QuantizedLinear {
  const { inputs, outputs, weights } = linear;
  const transposed = new Uint8Array(weights.length);
  for (let output = 0; output < outputs; output += 1) {
    for (let input = 0; input < inputs; input += 1) {
      transposed[input * outputs + output] = weights[output * inputs + input] ?? 0;
    }
  }
  return { ...linear, weights: transposed };
}

/**
 * Adds `y = x W + b`, in integers unless the weights are to be floats: the input is quantised to unsigned 8 bits with one scale for the
 * whole tensor, taken from its smallest and largest value, as in the published graphs.
 */
export function addLinear(graph: GraphBuilder, x: string, linear: QuantizedLinear, form: WeightForm, bias?: ArrayLike<number>): string {
  if (form === 'float') return addFloatLinear(graph, x, linear, bias);
  const values = [x, ...addWeights(graph, linear, form)];
  return graph.fused('DynamicQuantizeMatMul', bias ? [...values, graph.floats(bias)] : values);
}

/**
 * The same with a scale for each row of the input, `y_r = s_r · ((x_r / s_r) W) + b` with `s_r = max|x_r|` and the quotient in 255 even
 * steps from -1 to 1: what a row gives depends on that row alone, whoever its neighbours are. Six nodes instead of one, so it is for
 * products of few rows, whose time goes to reading the weights once.
 *
 * A row of zeros gives what is not a number: none comes out of a normalisation or an attention.
 */
export function addRowLinear(graph: GraphBuilder, x: string, linear: QuantizedLinear, form: WeightForm, bias?: ArrayLike<number>): string {
  if (form === 'float') return addFloatLinear(graph, x, linear, bias);
  const peak = graph.node('ReduceMax', [graph.node('Abs', [x])], { axes: [-1], keepdims: 1 });
  const step = graph.float(1 / LARGEST_STEP);
  const zeroPoint = graph.bytes(Uint8Array.of(SIGN_OFFSET), []);
  const quantized = graph.node('QuantizeLinear', [graph.node('Div', [x, peak]), step, zeroPoint]);
  const [weights = '', scales = '', zeroPoints = ''] = addWeights(graph, linear, form);
  const product = graph.fused('MatMulIntegerToFloat', [quantized, weights, step, scales, zeroPoint, zeroPoints]);
  const scaled = graph.node('Mul', [product, peak]);
  return bias ? graph.node('Add', [scaled, graph.floats(bias)]) : scaled;
}

/** Weights, scales and zero points as values of the graph: one scale for all columns if they have the same. */
function addWeights(graph: GraphBuilder, linear: QuantizedLinear, form: 'signed' | 'unsigned'): string[] {
  const { inputs, outputs, weights, scales, zeroPoints } = linear;
  const isPerTensor = scales.every((scale) => scale === scales[0]) && zeroPoints.every((zeroPoint) => zeroPoint === zeroPoints[0]);
  const columns = isPerTensor ? 1 : outputs;
  const shape = isPerTensor ? [] : [outputs];
  const stored = (bytes: Uint8Array): Uint8Array | Int8Array => (form === 'signed' ? toSigned(bytes) : bytes);
  return [
    graph.bytes(stored(weights), [inputs, outputs]),
    graph.floats(scales.subarray(0, columns), shape),
    graph.bytes(stored(zeroPoints.subarray(0, columns)), shape),
  ];
}

function addFloatLinear(graph: GraphBuilder, x: string, linear: QuantizedLinear, bias: ArrayLike<number> | undefined): string {
  const { inputs, outputs, weights, scales, zeroPoints } = linear;
  const floats = new Float32Array(weights.length);
  for (let index = 0; index < floats.length; index += 1) {
    const output = index % outputs;
    floats[index] = (scales[output] ?? 0) * ((weights[index] ?? 0) - (zeroPoints[output] ?? 0));
  }
  const product = graph.node('MatMul', [x, graph.floats(floats, [inputs, outputs])]);
  return bias ? graph.node('Add', [product, graph.floats(bias)]) : product;
}

function toSigned(bytes: Uint8Array): Int8Array {
  const signed = new Int8Array(bytes.length);
  // A loop: `from` with a function took a second for the weights of a model.
  for (let index = 0; index < bytes.length; index += 1) signed[index] = (bytes[index] ?? 0) - SIGN_OFFSET;
  return signed;
}
