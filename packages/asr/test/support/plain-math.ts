import type { QuantizedLinear } from '../../src/onnx-graph/quantized-linear.ts';

/** `x W + b` in floats, row by row, with the weights turned to floats. */
export function multiplyPlainly(x: Float32Array, { inputs, outputs, weights, scales, zeroPoints }: QuantizedLinear, bias?: Float32Array) {
  const rows = x.length / inputs;
  const y = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row += 1) {
    const sums = new Float64Array(outputs);
    for (let input = 0; input < inputs; input += 1) {
      const value = x[row * inputs + input]!;
      for (let output = 0; output < outputs; output += 1) {
        sums[output]! += value * (weights[input * outputs + output]! - zeroPoints[output]!);
      }
    }
    for (let output = 0; output < outputs; output += 1) y[row * outputs + output] = sums[output]! * scales[output]! + (bias?.[output] ?? 0);
  }
  return y;
}

/** `softmax` of one row. */
function softmaxPlainly(row: readonly number[]): number[] {
  const largest = Math.max(...row);
  const powers = row.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * `softmax(q Kᵀ / √headSize) V`, head by head; each is `[time, heads · headSize]`.
 */
export function attendPlainly(
  [queries, keys, values]: readonly [Float32Array, Float32Array, Float32Array],
  { heads, headSize }: { readonly heads: number; readonly headSize: number },
): Float32Array {
  const width = heads * headSize;
  const heard = new Float32Array(queries.length);
  for (let time = 0; time < queries.length / width; time += 1) {
    for (let head = 0; head < heads; head += 1) {
      const start = time * width + head * headSize;
      const query = queries.subarray(start, start + headSize);
      const scores = Array.from({ length: keys.length / width }, (_, other) =>
        query.reduce((sum, value, index) => sum + (value * keys[other * width + head * headSize + index]!) / Math.sqrt(headSize), 0),
      );
      for (const [other, weight] of softmaxPlainly(scores).entries()) {
        for (let index = 0; index < headSize; index += 1)
          heard[start + index]! += weight * values[other * width + head * headSize + index]!;
      }
    }
  }
  return heard;
}

/** Turns pair `p` of the first values of each head by `position · frequencies[p]`; `x` is `[time, heads · headSize]`. */
export function rotatePlainly(
  x: Float32Array,
  frequencies: Float32Array,
  { heads, headSize, position = 0 }: { readonly heads: number; readonly headSize: number; readonly position?: number },
): Float32Array {
  const rotated = x.slice();
  for (let start = 0; start < x.length; start += headSize) {
    const angleUnit = position + Math.floor(start / (heads * headSize));
    for (const [pair, frequency] of frequencies.entries()) {
      const [a, b] = [x[start + 2 * pair]!, x[start + 2 * pair + 1]!];
      const [cosine, sine] = [Math.cos(angleUnit * frequency), Math.sin(angleUnit * frequency)];
      rotated[start + 2 * pair] = a * cosine - b * sine;
      rotated[start + 2 * pair + 1] = a * sine + b * cosine;
    }
  }
  return rotated;
}

/** `[time, heads · headSize]` to `[heads, time, headSize]`. */
export function splitHeads(x: Float32Array, { heads, headSize }: { readonly heads: number; readonly headSize: number }): Float32Array {
  const times = x.length / (heads * headSize);
  return Float32Array.from(x, (_, index) => {
    const head = Math.floor(index / (times * headSize));
    const time = Math.floor(index / headSize) % times;
    return x[time * heads * headSize + head * headSize + (index % headSize)]!;
  });
}

/** `[rows, columns]` to `[columns, rows]`. */
export function transposePlainly(x: Float32Array, rows: number): Float32Array {
  const columns = x.length / rows;
  return Float32Array.from(x, (_, index) => x[(index % rows) * columns + Math.floor(index / rows)]!);
}
