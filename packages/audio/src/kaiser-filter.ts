/** A low-pass filter cut into rows, one for each position of an output sample between two input samples. */
export interface PolyphaseFilter {
  /** Coefficients, `tapCount` in each row: rows 0 to `rowCount`, the last one being row 0 one input sample later. */
  readonly table: Float32Array;
  /** Positions between two input samples; row r stands r / rowCount of an input sample after the centre. */
  readonly rowCount: number;
  /** Length of a row, a multiple of 4; the centre is tap tapCount / 2 - 1. */
  readonly tapCount: number;
}

/** What {@link designPolyphaseFilter} is asked for. */
interface PolyphaseFilterOptions {
  /** Rate of the samples that the filter runs over, in hertz. */
  readonly sampleRateHz: number;
  /** End of the pass band, in hertz. */
  readonly passHz: number;
  /** Start of the stop band, in hertz. */
  readonly stopHz: number;
  /** Depth of the stop band, in decibels, above 50; the ripple of the pass band is as small. */
  readonly attenuationDb: number;
  /** Positions between two input samples. */
  readonly rowCount: number;
}

/**
 * Designs a windowed-sinc low pass as a polyphase table.
 *
 * Window, shape and length follow J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function" (1974), as in
 * Oppenheim and Schafer, "Discrete-Time Signal Processing", section 7.5.3: for an attenuation of A > 50 dB,
 * beta = 0.1102 (A - 8.7) and the length is at least (A - 8) / (2.285 dw) + 1, dw being the transition width in radians per sample.
 * Each row is scaled to add up to 1, so that a constant passes exactly.
 */
export function designPolyphaseFilter(options: PolyphaseFilterOptions): PolyphaseFilter {
  const { sampleRateHz, passHz, stopHz, attenuationDb, rowCount } = options;
  const beta = 0.1102 * (attenuationDb - 8.7);
  const transition = (2 * Math.PI * (stopHz - passHz)) / sampleRateHz;
  const orderSamples = (attenuationDb - 8) / (2.285 * transition);
  const tapCount = 4 * Math.ceil((orderSamples + 1) / 4);
  const halfSamples = tapCount / 2;
  const cutoff = (passHz + stopHz) / sampleRateHz; // cycles per sample of the middle of the transition, times two
  const table = new Float32Array((rowCount + 1) * tapCount);
  const row = new Float64Array(tapCount);
  for (let r = 0; r <= rowCount; r++) {
    let sum = 0;
    for (let k = 0; k < tapCount; k++) {
      const distance = r / rowCount + halfSamples - 1 - k;
      const windowed = sinc(cutoff * distance) * kaiser(distance / halfSamples, beta);
      row[k] = windowed;
      sum += windowed;
    }
    for (let k = 0; k < tapCount; k++) table[r * tapCount + k] = (row[k] ?? 0) / sum;
  }
  return { table, rowCount, tapCount };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number, beta: number): number {
  return besselI0(beta * Math.sqrt(Math.max(0, 1 - x * x))) / besselI0(beta);
}

/** Modified Bessel function of the first kind and order 0 (Abramowitz and Stegun 9.6.12): the sum of ((x/2)^k / k!)^2. */
export function besselI0(x: number): number {
  const quarterSquare = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarterSquare / (k * k);
    sum += term;
  }
  return sum;
}
