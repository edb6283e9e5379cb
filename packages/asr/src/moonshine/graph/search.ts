import { GraphBuilder } from '../../onnx-graph/graph-builder.ts';
import type { KeysAndValues } from './attention.ts';
import type { NextToken } from './head.ts';
import type { MoonshineSizes } from './weights.ts';

// Element types of ONNX (`TensorProto.DataType`).
const INT64 = 7;
const BOOL = 9;

/** What a step of the search is given, all of it inside the body of the loop. */
interface SearchState {
  /** `[rows, 1]` */
  readonly tokenIds: string;
  /** `[1]` */
  readonly position: string;
  /** By layer. */
  readonly past: readonly KeysAndValues[];
}

/** What each step leaves behind, `[steps, rows]` in the end. */
const STEP_OUTPUTS: readonly { readonly name: string; readonly type: 'int64' | 'float32'; readonly of: (next: NextToken) => string }[] = [
  { name: 'token_ids', type: 'int64', of: ({ tokenId }) => tokenId },
  { name: 'probabilities', type: 'float32', of: ({ probability }) => probability },
  { name: 'runner_up_ids', type: 'int64', of: ({ runnerUpId }) => runnerUpId },
  { name: 'runner_up_probabilities', type: 'float32', of: ({ runnerUpProbability }) => runnerUpProbability },
  { name: 'end_probabilities', type: 'float32', of: ({ endProbability }) => endProbability },
];

/** Adds one step of the decoder to the body of the loop. */
export type AddStep = (body: GraphBuilder, state: SearchState) => { readonly next: NextToken; readonly present: readonly KeysAndValues[] };

/**
 * Greedy search as a `Loop`: each step feeds the most probable token of the step before, until a row writes the end token or
 * `maximum_steps` is reached. Whoever runs it takes the rows that have ended out, so that none is computed in vain.
 */
export function addGreedyLoop(
  graph: GraphBuilder,
  { sizes, endTokenId }: { readonly sizes: MoonshineSizes; readonly endTokenId: number },
  addStep: AddStep,
): void {
  const { heads, headSize, decoderLayers } = sizes;
  const layers = Array.from({ length: decoderLayers }, (_, layer) => layer);
  const cacheShape = ['rows', heads, 'position', headSize];
  const grownShape = ['rows', heads, 'grown', headSize];
  const tokens = graph.input('tokens', 'int64', ['rows', 1]);
  const position = graph.input('position', 'int64', [1]);
  const maximumSteps = graph.input('maximum_steps', 'int64', []);
  const cache = layers.flatMap((layer) => [
    graph.input(`self_key.${layer}`, 'float32', cacheShape),
    graph.input(`self_value.${layer}`, 'float32', cacheShape),
  ]);

  const body = buildBody(layers, { cacheShape, grownShape, endTokenId }, addStep);
  const stateCount = 2 + cache.length;
  const results = graph.nodes('Loop', [maximumSteps, '', tokens, position, ...cache], { body }, stateCount + STEP_OUTPUTS.length);
  for (const [index, { name, type }] of STEP_OUTPUTS.entries()) {
    graph.output(results[stateCount + index] ?? '', type, ['steps', 'rows'], name);
  }
  for (const layer of layers) {
    graph.output(results[2 + 2 * layer] ?? '', 'float32', grownShape, `next_self_key.${layer}`);
    graph.output(results[3 + 2 * layer] ?? '', 'float32', grownShape, `next_self_value.${layer}`);
  }
}

function buildBody(
  layers: readonly number[],
  options: { readonly cacheShape: (number | string)[]; readonly grownShape: (number | string)[]; readonly endTokenId: number },
  addStep: AddStep,
): GraphBuilder {
  const { cacheShape, grownShape, endTokenId } = options;
  const body = new GraphBuilder('step');
  body.input('iteration', 'int64', []);
  body.input('may_go_on', 'bool', []);
  const tokenIds = body.input('step_tokens', 'int64', ['rows', 1]);
  const position = body.input('step_position', 'int64', [1]);
  const past = layers.map((layer) => ({
    keys: body.input(`past_key.${layer}`, 'float32', cacheShape),
    values: body.input(`past_value.${layer}`, 'float32', cacheShape),
  }));
  const { next, present } = addStep(body, { tokenIds, position, past });
  const hasEnded = body.node('Equal', [next.tokenId, body.integers([endTokenId], [1, 1])]);
  const anyEnded = body.node('ReduceMax', [body.node('Cast', [hasEnded], { to: INT64 })], { keepdims: 0 });
  body.output(body.node('Not', [body.node('Cast', [anyEnded], { to: BOOL })]), 'bool', []);
  body.output(next.tokenId, 'int64', ['rows', 1], 'next_tokens');
  body.output(body.node('Add', [position, body.integers([1])]), 'int64', [1]);
  for (const { keys, values } of present) {
    body.output(keys, 'float32', grownShape);
    body.output(values, 'float32', grownShape);
  }
  const squeeze = (value: string): string => body.node('Squeeze', [value, body.integers([1])]);
  for (const { type, of } of STEP_OUTPUTS) body.output(squeeze(of(next)), type, ['rows']);
  return body;
}
