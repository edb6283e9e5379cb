import type { OnnxRuntime } from '@outspoken/onnx';
import { multipliesExactly } from '../onnx-graph/saturation-probe.ts';
import { RecognizerError } from '../recognizer-error.ts';
import { decodeClip } from './clip-decoder.ts';
import { maximumTokensOf } from './parameters.ts';
import type { PreparedDecoder, PreparedDecoderOptions } from './prepared-decoder.ts';

/** What a model computes for one clip when its weights are run in 32-bit floats. */
export interface MoonshineReference {
  /** 16 kHz mono. */
  readonly samples: Float32Array;
  /** What is said in it. */
  readonly tokenIds: readonly number[];
  /** Every so many-th value of the last layer's cross-attention values. */
  readonly crossValues: { readonly every: number; readonly values: readonly number[] };
}

// Relative error of the root mean square. Activations in 8 bits cost 0.05 to 0.1 on the reference clip; a kernel that saturates, more than 0.5.
const MAXIMUM_ERROR_RATIO = 0.25;

/**
 * Whether prepared graphs compute on this processor what they should: products of 8-bit numbers are exact, the activations of a
 * reference clip are near those of a run in floats, and its text is the same. Takes as long as a clip, and warms the graphs up.
 *
 * @throws {@link RecognizerError} `graph_wrong`, saying what is wrong.
 */
export async function checkGraphs(
  runtime: OnnxRuntime,
  decoder: PreparedDecoder,
  { reference, options }: { readonly reference: MoonshineReference | undefined; readonly options: PreparedDecoderOptions },
): Promise<void> {
  if (decoder.graph === 'signed' && !(await multipliesExactly(runtime))) {
    throw wrong('products of signed 8-bit weights saturate');
  }
  if (!reference) return;
  const { samples, tokenIds, crossValues } = reference;
  const errorRatio = await encoderErrorRatio(decoder, reference);
  // Not a number fails too.
  if (!(errorRatio <= MAXIMUM_ERROR_RATIO)) {
    throw wrong(
      `the activations of ${crossValues.values.length} places are off by ${errorRatio.toFixed(2)}, at most ${MAXIMUM_ERROR_RATIO} is right`,
    );
  }
  const maximumTokens = maximumTokensOf(samples.length, options.parameters);
  const { found } = await decodeClip(decoder, { samples, maximumTokens, forcesStart: false, signal: undefined });
  if (found.tokenIds.join() !== tokenIds.join()) throw wrong('the text of the reference clip differs');
}

async function encoderErrorRatio(decoder: PreparedDecoder, { samples, crossValues }: MoonshineReference): Promise<number> {
  const encoded = await decoder.encode(samples);
  const layers = Object.keys(encoded).filter((name) => name.startsWith('cross_value.')).length;
  const data = encoded[`cross_value.${layers - 1}`]?.data;
  let error = 0;
  let power = 0;
  for (const [index, expected] of crossValues.values.entries()) {
    const value = data instanceof Float32Array ? (data[index * crossValues.every] ?? Number.NaN) : Number.NaN;
    error += (value - expected) ** 2;
    power += expected ** 2;
  }
  return Math.sqrt(error / power);
}

function wrong(what: string): RecognizerError {
  return new RecognizerError('graph_wrong', `the prepared graphs are wrong on this processor: ${what}`);
}
