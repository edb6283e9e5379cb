import type { WeightForm } from '../../onnx-graph/quantized-linear.ts';
import { buildDecoderGraph } from './decoder-graph.ts';
import { buildEncoderGraph } from './encoder-graph.ts';
import { MoonshineWeights } from './weights.ts';

/** Raised whenever a built graph changes, so that none of an older program is taken for one of this. */
export const MOONSHINE_GRAPH_VERSION = 4;

/** Two graphs that compute what the published ones do, faster. */
export interface PreparedGraphs {
  readonly variant: WeightForm;
  readonly encoder: Uint8Array;
  readonly decoder: Uint8Array;
}

/** What the graphs must know of the model beside its weights. */
export interface GraphParameters {
  readonly endTokenId: number;
  /** Longest text, in tokens. */
  readonly maximumTokens: number;
}

/**
 * Builds the fast graphs of a Moonshine model out of its published files, of whatever size; takes under a second. The weights stay
 * the 8-bit numbers that were published.
 *
 * @throws `RecognizerError` `model_failed` when the files are not those of a Moonshine model with int8 weights and a merged decoder.
 */
export function buildMoonshineGraphs(
  files: { readonly encoder: Uint8Array; readonly decoder: Uint8Array },
  variant: WeightForm,
  { endTokenId, maximumTokens }: GraphParameters,
): PreparedGraphs {
  const weights = new MoonshineWeights(files);
  return {
    variant,
    encoder: buildEncoderGraph(weights, variant),
    decoder: buildDecoderGraph(weights, { form: variant, endTokenId, maximumPositions: maximumTokens + 1 }),
  };
}
