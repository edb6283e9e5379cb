/** Index of the largest value, the first of equals. */
export function findLargest(values: Float32Array): number {
  let largestIndex = 0;
  let largest = values[0] ?? Number.NaN;
  for (let index = 1; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (value > largest) {
      largest = value;
      largestIndex = index;
    }
  }
  return largestIndex;
}

/** Logarithm of the sum of exponentials, around the largest value so that nothing overflows; NaN when any value is. */
export function logSumExp(values: Float32Array, largest: number): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) {
    sum += Math.exp((values[index] ?? Number.NaN) - largest);
  }
  return largest + Math.log(sum);
}
