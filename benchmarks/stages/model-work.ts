import { CONVOLUTIONS, MoonshineWeights } from '@outspoken/asr/graph';
import { sum } from '../support/quantiles.ts';

type Convolution = Pick<ReturnType<MoonshineWeights['convolution']>, 'outputs' | 'inputs' | 'taps' | 'stride'>;

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
  const weights = new MoonshineWeights(files);
  const { width, vocabulary, encoderLayers, decoderLayers } = weights.sizes;
  const crossWeights = 2 * decoderLayers * width * width;
  return {
    width,
    vocabulary,
    encoderLayers,
    decoderLayers,
    convolutions: CONVOLUTIONS.map((name) => {
      const { outputs, inputs, taps, stride } = weights.convolution(name);
      return { outputs, inputs, taps, stride };
    }),
    encoderWeights: countMatrixWeights(weights.encoder),
    decoderWeights: countMatrixWeights(weights.decoder) - crossWeights,
    crossWeights,
  };
}

/** Weights of all quantised matrices of a file; convolutions have three sizes. */
function countMatrixWeights(file: MoonshineWeights['encoder']): number {
  const shapes = file.initialiserNames.filter((name) => name.endsWith('_quantized')).map((name) => file.bytes(name).shape);
  return sum(shapes.filter(({ length }) => length === 2).map(([rows = 0, columns = 0]) => rows * columns));
}

/** How many states the encoder makes of a clip. */
export function countStates({ convolutions }: ModelSizes, sampleCount: number): number {
  return convolutions.reduce((length, { taps, stride }) => Math.floor((length - taps) / stride) + 1, sampleCount);
}

/** Work of the encoder for one clip, the keys and values for the decoder included. */
export function encoderWork(sizes: ModelSizes, sampleCount: number): Work {
  const states = countStates(sizes, sampleCount);
  let length = sampleCount;
  let int16Macs = 0;
  let kernelBytes = 0;
  for (const { outputs, inputs, taps, stride } of sizes.convolutions) {
    length = Math.floor((length - taps) / stride) + 1;
    int16Macs += length * outputs * inputs * taps;
    kernelBytes += outputs * inputs * taps;
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
