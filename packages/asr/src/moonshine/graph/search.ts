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

/** What a step of the decoder computes. */
export interface Step {
  readonly next: NextTokens;
  /** By layer. */
  readonly present: readonly KeysAndValues[];
  /** `[rows, tokens, heads, frames]`, where each token is heard; absent where no heads are known that say it. */
  readonly attention?: string;
}

/** What each step leaves behind. */
const STEP_OUTPUTS = [
  { name: 'candidate_ids', type: 'int64', shape: PER_CANDIDATE, of: ({ next }: Step) => next.candidateIds },
  { name: 'candidate_probabilities', type: 'float32', shape: PER_CANDIDATE, of: ({ next }: Step) => next.candidateProbabilities },
  { name: 'given_probabilities', type: 'float32', shape: PER_TOKEN, of: ({ next }: Step) => next.givenProbabilities },
  { name: 'attention', type: 'float32', shape: [...PER_TOKEN, 'heads', 'frames'], of: ({ attention }: Step) => attention ?? '' },
] as const;

type StepOutput = (typeof STEP_OUTPUTS)[number];

/** Adds one step of the decoder to the body of the loop. */
export type AddStep = (body: GraphBuilder, state: SearchState) => Step;

/**
 * Greedy search as a `Loop`: each step feeds the most probable token of the step before, until a row writes the end token or
 * `maximum_steps` is reached. Whoever runs it takes the rows that have ended out, so that none is computed in vain. Where it is given
 * several tokens a row it takes one step: it reads them.
 */
export function addGreedyLoop(
  graph: GraphBuilder,
  options: { readonly sizes: MoonshineSizes; readonly endTokenId: number; readonly tellsAttention: boolean },
  addStep: AddStep,
): void {
  const { endTokenId, tellsAttention } = options;
  const { heads, headSize, decoderLayers } = options.sizes;
  const stepOutputs = STEP_OUTPUTS.filter(({ name }) => name !== 'attention' || tellsAttention);
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

  const body = buildBody(layers, { cacheShape, grownShape, endTokenId, asked, stepOutputs }, addStep);
  const stateCount = 2 + cache.length;
  const results = graph.nodes('Loop', [maximumSteps, '', tokens, position, ...cache], { body }, stateCount + stepOutputs.length);
  for (const [index, { name, type, shape }] of stepOutputs.entries()) {
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
    readonly stepOutputs: readonly StepOutput[];
  },
  addStep: AddStep,
): GraphBuilder {
  const { cacheShape, grownShape, endTokenId, asked, stepOutputs } = options;
  const body = new GraphBuilder('step');
  body.input('iteration', 'int64', []);
  body.input('may_go_on', 'bool', []);
  const tokenIds = body.input('step_tokens', 'int64', ['rows', 'tokens']);
  const position = body.input('step_position', 'int64', [1]);
  const past = layers.map((layer) => ({
    keys: body.input(`past_key.${layer}`, 'float32', cacheShape),
    values: body.input(`past_value.${layer}`, 'float32', cacheShape),
  }));
  const step = addStep(body, { tokenIds, position, past, asked });
  const { next, present } = step;
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
  for (const { type, shape, of } of stepOutputs) body.output(of(step), type, shape.slice(1));
  return body;
}

/** The most probable token after the last one, `[rows, 1]`. */
function addBestOfLast(body: GraphBuilder, candidateIds: string): string {
  const axes = body.integers([1, 2]);
  const last = body.node('Slice', [candidateIds, body.integers([-1, 0]), body.integers([Number.MAX_SAFE_INTEGER, 1]), axes]);
  return body.node('Squeeze', [last, body.integers([2])]);
}
