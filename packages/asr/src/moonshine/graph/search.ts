import { GraphBuilder } from '../../onnx-graph/graph-builder.ts';
import type { KeysAndValues } from './attention.ts';
import type { NextTokens } from './head.ts';
import type { MoonshineSizes } from './weights.ts';

// Element types of ONNX (`TensorProto.DataType`).
const INT64 = 7;
const BOOL = 9;

/** What a step of the search is given. */
export interface SearchState {
  /** `[rows, tokens]` */
  readonly tokenIds: string;
  /** `[1]`, that of the first of them. */
  readonly position: string;
  /** By layer. */
  readonly past: readonly KeysAndValues[];
  /** What the run is asked for, the same in each step: see `addHead`; and `shape`, `[2]`, rows and tokens. */
  readonly asked: { readonly given: string; readonly candidateCount: string; readonly shape: string };
}

const PER_TOKEN = ['steps', 'rows', 'tokens'];
const PER_CANDIDATE = [...PER_TOKEN, 'candidates'];

/** What each step leaves behind. */
const STEP_OUTPUTS = [
  { name: 'candidate_ids', type: 'int64', shape: PER_CANDIDATE, of: ({ candidateIds }: NextTokens) => candidateIds },
  { name: 'candidate_probabilities', type: 'float32', shape: PER_CANDIDATE, of: (next: NextTokens) => next.candidateProbabilities },
  { name: 'given_probabilities', type: 'float32', shape: PER_TOKEN, of: (next: NextTokens) => next.givenProbabilities },
] as const;

/** Adds one step of the decoder to the body of the loop. */
export type AddStep = (body: GraphBuilder, state: SearchState) => { readonly next: NextTokens; readonly present: readonly KeysAndValues[] };

/**
 * Greedy search as a `Loop`: each step feeds the most probable token of the step before, until a row writes the end token or
 * `maximum_steps` is reached. Whoever runs it takes the rows that have ended out, so that none is computed in vain. Where it is given
 * several tokens a row it takes one step: it reads them.
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
  const tokens = graph.input('tokens', 'int64', ['rows', 'tokens']);
  const position = graph.input('position', 'int64', [1]);
  const maximumSteps = graph.input('maximum_steps', 'int64', []);
  const asked = {
    given: graph.input('given_tokens', 'int64', ['rows', 'tokens']),
    candidateCount: graph.input('candidate_count', 'int64', [1]),
    shape: graph.node('Shape', [tokens]),
  };
  const cache = layers.flatMap((layer) => [
    graph.input(`self_key.${layer}`, 'float32', cacheShape),
    graph.input(`self_value.${layer}`, 'float32', cacheShape),
  ]);

  const body = buildBody(layers, { cacheShape, grownShape, endTokenId, asked }, addStep);
  const stateCount = 2 + cache.length;
  const results = graph.nodes('Loop', [maximumSteps, '', tokens, position, ...cache], { body }, stateCount + STEP_OUTPUTS.length);
  for (const [index, { name, type, shape }] of STEP_OUTPUTS.entries()) {
    graph.output(results[stateCount + index] ?? '', type, shape, name);
  }
  for (const layer of layers) {
    graph.output(results[2 + 2 * layer] ?? '', 'float32', grownShape, `next_self_key.${layer}`);
    graph.output(results[3 + 2 * layer] ?? '', 'float32', grownShape, `next_self_value.${layer}`);
  }
}

function buildBody(
  layers: readonly number[],
  options: {
    readonly cacheShape: (number | string)[];
    readonly grownShape: (number | string)[];
    readonly endTokenId: number;
    readonly asked: SearchState['asked'];
  },
  addStep: AddStep,
): GraphBuilder {
  const { cacheShape, grownShape, endTokenId, asked } = options;
  const body = new GraphBuilder('step');
  body.input('iteration', 'int64', []);
  body.input('may_go_on', 'bool', []);
  const tokenIds = body.input('step_tokens', 'int64', ['rows', 'tokens']);
  const position = body.input('step_position', 'int64', [1]);
  const past = layers.map((layer) => ({
    keys: body.input(`past_key.${layer}`, 'float32', cacheShape),
    values: body.input(`past_value.${layer}`, 'float32', cacheShape),
  }));
  const { next, present } = addStep(body, { tokenIds, position, past, asked });
  const best = addBestOfLast(body, next.candidateIds);
  const hasEnded = body.node('Equal', [best, body.integers([endTokenId], [1, 1])]);
  const anyEnded = body.node('ReduceMax', [body.node('Cast', [hasEnded], { to: INT64 })], { keepdims: 0 });
  body.output(body.node('Not', [body.node('Cast', [anyEnded], { to: BOOL })]), 'bool', []);
  body.output(best, 'int64', ['rows', 1], 'next_tokens');
  body.output(body.node('Add', [position, body.integers([1])]), 'int64', [1]);
  for (const { keys, values } of present) {
    body.output(keys, 'float32', grownShape);
    body.output(values, 'float32', grownShape);
  }
  for (const { type, shape, of } of STEP_OUTPUTS) body.output(of(next), type, shape.slice(1));
  return body;
}

/** The most probable token after the last one, `[rows, 1]`. */
function addBestOfLast(body: GraphBuilder, candidateIds: string): string {
  const axes = body.integers([1, 2]);
  const last = body.node('Slice', [candidateIds, body.integers([-1, 0]), body.integers([Number.MAX_SAFE_INTEGER, 1]), axes]);
  return body.node('Squeeze', [last, body.integers([2])]);
}
