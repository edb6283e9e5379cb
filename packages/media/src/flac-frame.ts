import { FlacBits } from './flac-bits.ts';
import { type FlacFrameHeader, flacChecksum16 } from './flac-header.ts';

/** A decoded frame. */
export interface FlacFrame {
  readonly frameBytes: number;
  readonly channels: Float32Array[];
}

type Samples = Float64Array;

// Coefficients of the fixed predictors by order (RFC 9639, 9.2.5), the newest sample first.
const FIXED_PREDICTORS = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];
const LEFT_SIDE = 8;
const SIDE_RIGHT = 9;
const MID_SIDE = 10;

/**
 * Decodes the frame at `startByte` whose header has been read (RFC 9639, 9.2).
 *
 * Samples have up to 33 bits on the way and predictions up to 53, so all of it is done in doubles, which hold them exactly.
 *
 * @throws RangeError if the frame is damaged or its bytes are not all there.
 */
export function decodeFlacFrame(bytes: Uint8Array, startByte: number, header: FlacFrameHeader): FlacFrame {
  const { assignment, bitsPerSample, blockSamples, channelCount } = header;
  const bits = new FlacBits(bytes, startByte + header.headerBytes);
  const subframes = Array.from({ length: channelCount }, (_, channel) => {
    const isSide = assignment === SIDE_RIGHT ? channel === 0 : assignment > 7 && channel === 1;
    return decodeSubframe(bits, blockSamples, bitsPerSample + (isSide ? 1 : 0));
  });
  const endByte = bits.nextByte + 2;
  if (endByte > bytes.length || flacChecksum16(bytes.subarray(startByte, endByte)) !== 0) throw new RangeError('the checksum is wrong');
  const [first, second] = subframes;
  if (first !== undefined && second !== undefined) decorrelate(first, second, assignment);
  const scale = 2 ** (1 - bitsPerSample);
  return {
    frameBytes: endByte - startByte,
    channels: subframes.map((subframe) => Float32Array.from(subframe, (sample) => sample * scale)),
  };
}

function decodeSubframe(bits: FlacBits, length: number, fullBits: number): Samples {
  if (bits.unsigned(1) !== 0) throw new RangeError('a subframe must begin with 0');
  const type = bits.unsigned(6);
  const wastedBits = bits.unsigned(1) === 0 ? 0 : bits.unary() + 1;
  const bitCount = fullBits - wastedBits;
  if (bitCount < 1) throw new RangeError('a sample must have a bit at least');
  const samples = new Float64Array(length);
  if (type === 0) samples.fill(bits.signed(bitCount));
  else if (type === 1) for (let i = 0; i < length; i++) samples[i] = bits.signed(bitCount);
  else if (type >= 8 && type <= 12) decodeFixed(bits, samples, type - 8, bitCount);
  else if (type >= 32) decodeLinear(bits, samples, type - 31, bitCount);
  else throw new RangeError('the type of a subframe is reserved');
  if (wastedBits > 0) for (let i = 0; i < length; i++) samples[i] = (samples[i] ?? 0) * 2 ** wastedBits;
  return samples;
}

function decodeFixed(bits: FlacBits, samples: Samples, order: number, bitCount: number): void {
  readWarmUp(bits, samples, order, bitCount);
  readResidual(bits, samples, order);
  predict(samples, FIXED_PREDICTORS[order] ?? [], 0);
}

function decodeLinear(bits: FlacBits, samples: Samples, order: number, bitCount: number): void {
  readWarmUp(bits, samples, order, bitCount);
  const precisionBits = bits.unsigned(4) + 1;
  const shift = bits.signed(5);
  if (precisionBits === 16 || shift < 0) throw new RangeError('the predictor is invalid');
  const coefficients = Array.from({ length: order }, () => bits.signed(precisionBits));
  readResidual(bits, samples, order);
  predict(samples, coefficients, shift);
}

function readWarmUp(bits: FlacBits, samples: Samples, order: number, bitCount: number): void {
  if (order > samples.length) throw new RangeError('the predictor is longer than the block');
  for (let i = 0; i < order; i++) samples[i] = bits.signed(bitCount);
}

/** Reads what the predictor missed, in Rice codes, into the places of the samples (RFC 9639, 9.2.7). */
function readResidual(bits: FlacBits, samples: Samples, order: number): void {
  const method = bits.unsigned(2);
  if (method > 1) throw new RangeError('the coding of the residual is reserved');
  const parameterBits = 4 + method;
  const rawParameter = 2 ** parameterBits - 1;
  const partitionOrder = bits.unsigned(4);
  const partitionSamples = samples.length / 2 ** partitionOrder;
  if (!Number.isInteger(partitionSamples) || partitionSamples < order) throw new RangeError('the partitions do not fit the block');
  for (let start = 0, index = order; start < samples.length; start += partitionSamples) {
    const end = start + partitionSamples;
    const parameter = bits.unsigned(parameterBits);
    if (parameter === rawParameter) {
      const rawBits = bits.unsigned(5);
      for (; index < end; index++) samples[index] = rawBits === 0 ? 0 : bits.signed(rawBits);
      continue;
    }
    const unit = 2 ** parameter;
    for (; index < end; index++) {
      const code = bits.unary() * unit + bits.unsigned(parameter);
      samples[index] = code % 2 === 0 ? code / 2 : -(code + 1) / 2;
    }
  }
}

/** Adds the prediction to each residual. */
function predict(samples: Samples, coefficients: readonly number[], shift: number): void {
  const order = coefficients.length;
  const divisor = 2 ** shift;
  for (let i = order; i < samples.length; i++) {
    let sum = 0;
    // `as number`: the indices are in range by construction, and a check here would be paid for each tap.
    for (let k = 0; k < order; k++) sum += (coefficients[k] as number) * (samples[i - 1 - k] as number);
    samples[i] = (samples[i] as number) + Math.floor(sum / divisor);
  }
}

/** Turns two channels back into left and right. */
function decorrelate(first: Samples, second: Samples, assignment: number): void {
  for (let i = 0; i < first.length; i++) {
    const a = first[i] ?? 0;
    const b = second[i] ?? 0;
    if (assignment === LEFT_SIDE) {
      second[i] = a - b;
    } else if (assignment === SIDE_RIGHT) {
      first[i] = a + b;
    } else if (assignment === MID_SIDE) {
      // The bit that the mean lost is the lowest of the difference.
      const sum = 2 * a + (Math.abs(b) % 2);
      first[i] = (sum + b) / 2;
      second[i] = (sum - b) / 2;
    }
  }
}
