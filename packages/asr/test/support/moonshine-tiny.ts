import { loadModelFiles } from '@outspoken/models';
import { fixturePath, readSpeech } from '../../../../tests/support/fixtures.ts';
import { buildMoonshineGraphs, type PreparedGraphs } from '../../src/moonshine/graph/build.ts';
import { readMoonshineParameters } from '../../src/moonshine/parameters.ts';
import type { WeightForm } from '../../src/onnx-graph/quantized-linear.ts';

/** The real model. */
export const source = await loadModelFiles('moonshine-tiny');

/** What its manifest says. */
export const parameters = readMoonshineParameters(source.manifest.parameters);

/**
 * Clear sentences, with which rounding in 8 bits changes no token: none that may be spelt in two ways, as "user's" and "users" are. The last
 * has more tokens than a run of the decoder has steps.
 */
export const CLEAR_PROMPTS = ['privacy-prompt', 'conf-roll-callcomplete', 'vm-toforward', 'dir-nomore', 'queue-periodic-announce'];

/** The samples of a prompt. */
export function speech(prompt: string): Float32Array {
  return readSpeech(fixturePath(`speech/${prompt}.wav`));
}

/** The real model's graphs, made anew. */
export function buildGraphs(sign: WeightForm): PreparedGraphs {
  return buildMoonshineGraphs(source.files, sign, { ...parameters, alignmentHeads: source.manifest.alignmentHeads ?? [] });
}
