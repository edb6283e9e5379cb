import { sum } from '../support/quantiles.ts';
import { readWeightShapes } from './weight-shapes.ts';

interface Convolution {
  readonly outputs: number;
  readonly inputs: number;
  readonly kernel: number;
  readonly stride: number;
}

/** The sizes of a Moonshine model that its work follows from. */
export interface ModelSizes {
  readonly width: number;
  readonly vocabulary: number;
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly convolutions: readonly Convolution[];
  /** Weights of the linear maps that every state of the encoder goes through. */
  readonly encoderWeights: number;
  /** Weights of the linear maps that every token goes through, the head among them. */
  readonly decoderWeights: number;
  /** Weights of the keys and values that the decoder needs of every state of the encoder. */
  readonly crossWeights: number;
}

/** Work in multiply-accumulates, apart by the arithmetic that it needs, and the bytes that must come from memory. */
export interface Work {
  /** With int8 weights and int8 activations. */
  readonly int8Macs: number;
  /** With int8 weights and 16-bit activations: two int8 passes. Fewer bits change words here. */
  readonly int16Macs: number;
  /** In fp32, both sides computed on the way. */
  readonly fp32Macs: number;
  readonly bytes: number;
}

/** Reads the sizes from the published files. */
export function readModelSizes(files: { readonly encoder: Uint8Array; readonly decoder: Uint8Array }): ModelSizes {
  const encoder = readWeightShapes(files.encoder);
  const decoder = readWeightShapes(files.decoder);
  const kernels = [...encoder.quantised].filter(([, shape]) => shape.length === 3).sort(([a], [b]) => (a < b ? -1 : 1));
  const strides = [...encoder.strides].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, stride]) => stride);
  const convolutions = kernels.map(([, [outputs = 0, inputs = 0, kernel = 0]], index) => {
    return { outputs, inputs, kernel, stride: strides[index] ?? 1 };
  });
  const width = convolutions.at(-1)?.outputs ?? Number.NaN;
  const crossWeights = 2 * decoder.layers * width * width;
  return {
    width,
    vocabulary: Math.max(...[...decoder.quantised.values()].map(([rows = 0]) => rows)),
    encoderLayers: encoder.layers,
    decoderLayers: decoder.layers,
    convolutions,
    encoderWeights: countMatrixWeights(encoder.quantised),
    decoderWeights: countMatrixWeights(decoder.quantised) - crossWeights,
    crossWeights,
  };
}

function countMatrixWeights(shapes: ReadonlyMap<string, readonly number[]>): number {
  return sum([...shapes.values()].filter(({ length }) => length === 2).map(([rows = 0, columns = 0]) => rows * columns));
}

/** How many states the encoder makes of a clip. */
export function countStates({ convolutions }: ModelSizes, sampleCount: number): number {
  return convolutions.reduce((length, { kernel, stride }) => Math.floor((length - kernel) / stride) + 1, sampleCount);
}

/** Work of the encoder for one clip, the keys and values for the decoder included. */
export function encoderWork(sizes: ModelSizes, sampleCount: number): Work {
  const states = countStates(sizes, sampleCount);
  let length = sampleCount;
  let int16Macs = 0;
  let kernelBytes = 0;
  for (const { outputs, inputs, kernel, stride } of sizes.convolutions) {
    length = Math.floor((length - kernel) / stride) + 1;
    int16Macs += length * outputs * inputs * kernel;
    kernelBytes += outputs * inputs * kernel;
  }
  return {
    int8Macs: states * (sizes.encoderWeights + sizes.crossWeights),
    int16Macs,
    // Scores and weighted sums of all heads: states x states x width, twice.
    fp32Macs: sizes.encoderLayers * 2 * states * states * sizes.width,
    bytes: sizes.encoderWeights + sizes.crossWeights + kernelBytes,
  };
}

/**
 * Work of the decoder for clips that are decoded side by side.
 *
 * @param rows - Samples and steps of each clip; the weights are read once a step for all that are left.
 */
export function decoderWork(sizes: ModelSizes, rows: readonly { readonly sampleCount: number; readonly steps: number }[]): Work {
  const rowSteps = sum(rows.map(({ steps }) => steps));
  const crossElements = sum(
    rows.map(({ sampleCount, steps }) => 2 * sizes.decoderLayers * sizes.width * countStates(sizes, sampleCount) * steps),
  );
  const selfElements = sum(rows.map(({ steps }) => sizes.decoderLayers * sizes.width * steps * (steps + 1)));
  return {
    int8Macs: rowSteps * sizes.decoderWeights,
    int16Macs: 0,
    fp32Macs: crossElements + selfElements,
    bytes: Math.max(...rows.map(({ steps }) => steps)) * sizes.decoderWeights + 4 * (crossElements + selfElements),
  };
}

/** The sum of several works. */
export function addWork(works: readonly Work[]): Work {
  const total = (figure: keyof Work): number => sum(works.map((work) => work[figure]));
  return { int8Macs: total('int8Macs'), int16Macs: total('int16Macs'), fp32Macs: total('fp32Macs'), bytes: total('bytes') };
}
