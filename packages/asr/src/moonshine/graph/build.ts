import type { WeightForm } from '../../onnx-graph/quantized-linear.ts';
import type { AlignmentHead } from './alignment-attention.ts';
import { buildDecoderGraph } from './decoder-graph.ts';
import { buildEncoderGraph } from './encoder-graph.ts';
import { type MoonshineSizes, MoonshineWeights } from './weights.ts';

/** Raised whenever a built graph changes, so that none of an older program is taken for one of this. */
export const MOONSHINE_GRAPH_VERSION = 5;

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
  /** Heads of the cross-attention that say when a token is spoken, if they are known. */
  readonly alignmentHeads?: readonly AlignmentHead[];
}

/**
 * Builds the fast graphs of a Moonshine model out of its published files, of whatever size; takes under a second. The weights stay
 * the 8-bit numbers that were published.
 *
 * @throws RangeError when the model has no such alignment head.
 * @throws `RecognizerError` `model_failed` when the files are not those of a Moonshine model with int8 weights and a merged decoder.
 */
export function buildMoonshineGraphs(
  files: { readonly encoder: Uint8Array; readonly decoder: Uint8Array },
  variant: WeightForm,
  { endTokenId, maximumTokens, alignmentHeads = [] }: GraphParameters,
): PreparedGraphs {
  const weights = new MoonshineWeights(files);
  for (const { layer, head } of alignmentHeads) checkHead(weights.sizes, layer, head);
  return {
    variant,
    encoder: buildEncoderGraph(weights, variant),
    decoder: buildDecoderGraph(weights, { form: variant, endTokenId, maximumPositions: maximumTokens + 1, alignmentHeads }),
  };
}

function checkHead({ decoderLayers, heads }: MoonshineSizes, layer: number, head: number): void {
  const isThere = Number.isInteger(layer) && layer >= 0 && layer < decoderLayers && Number.isInteger(head) && head >= 0 && head < heads;
  if (!isThere)
    throw new RangeError(`an alignment head must be one of ${decoderLayers} layers of ${heads}, got layer ${layer}, head ${head}`);
}
