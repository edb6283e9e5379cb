import { type GreedySearchResult, NotANumberError } from './greedy-search.ts';
import type { KeywordProgress, KeywordTree } from './keyword-tree.ts';

/** What may follow a text, the most probable token first. */
export interface NextCandidates {
  readonly tokenIds: readonly number[];
  /** Of each of them, 0-1. */
  readonly probabilities: readonly number[];
  /** Probability that the text ends, 0-1. */
  readonly endProbability: number;
  /** How much the step attended to each frame; absent for graphs that do not say it. */
  readonly attention?: Float32Array;
}

/** A text with one more token: that of the row at this place of the step before. */
export interface Branch {
  readonly row: number;
  readonly tokenId: number;
}

/** A decoder that goes on with some texts about one clip, one token at a time. */
export interface BranchingDecoder {
  /** @returns What may follow each branch, in their order. */
  step(branches: readonly Branch[]): Promise<readonly NextCandidates[]>;
}

/** Options of {@link searchBeam}. */
export interface BeamSearchOptions {
  readonly startTokenId: number;
  readonly endTokenId: number;
  /** Most tokens to write, the end token not counted. */
  readonly maximumTokens: number;
  /** Whether the text may not end at once. */
  readonly forcesStart: boolean;
  /** Most texts that are followed side by side, at least 1. */
  readonly width: number;
  /** The phrases that are expected. */
  readonly keywords?: KeywordTree | undefined;
  /** Stops the search between two steps. */
  readonly signal?: AbortSignal | undefined;
}

/** A text that a beam search has written to its end. */
export interface BeamText {
  readonly found: GreedySearchResult;
  /** Log-probability of the text, its end included. */
  readonly logProbability: number;
  /** What its keywords add to that. */
  readonly bonus: number;
}

/** A text in the making. */
interface Hypothesis {
  readonly tokenIds: readonly number[];
  readonly logProbabilities: readonly number[];
  readonly attention: readonly Float32Array[];
  readonly logProbability: number;
  readonly progress: KeywordProgress | undefined;
  /** Whether it is what a greedy search writes: always gone on with, so that the search never ends below it. */
  readonly isGreedy: boolean;
}

interface Step {
  readonly row: number;
  readonly hypothesis: Hypothesis;
}

/** Texts that are followed side by side: as many as the rows of the decoder cost little for. */
export const BEAM_WIDTH = 4;

// A text that is so much less probable than the best one is not gone on with: e^-10.
const BEAM_DEPTH = 10;
// Tokens that texts may still write once the greedy one has ended.
const TOKENS_AFTER_END = 12;
// A text that ends long before the greedy one has lost its way, and is probable only because it says less.
const SHORTEST_RATIO = 0.7;

/**
 * Follows the most probable texts of a clip side by side; a keyword that is begun counts for its text. A text ends where the end is its
 * most probable token, so that short texts, which have fewer tokens to pay for, do not win by that alone.
 *
 * @returns The texts that have ended, the best first, or what the cap has cut when none has.
 */
export async function searchBeam(decoder: BranchingDecoder, options: BeamSearchOptions): Promise<readonly BeamText[]> {
  const { startTokenId, endTokenId, width, keywords, signal } = options;
  const ended: BeamText[] = [];
  let open: readonly Hypothesis[] = [
    { tokenIds: [], logProbabilities: [], attention: [], logProbability: 0, progress: keywords?.start, isGreedy: true },
  ];
  let branches: readonly Branch[] = [{ row: 0, tokenId: startTokenId }];
  let endProbabilityAtStart = 0;
  let hasForcedStart = false;
  let lastTokens = options.maximumTokens;
  let shortestTokens: number | undefined;
  const wholeTexts = (): BeamText[] => ended.filter(({ found }) => found.tokenIds.length >= (shortestTokens ?? 0));
  const resultOf = (hypothesis: Hypothesis, endLogProbability?: number): GreedySearchResult => ({
    tokenIds: hypothesis.tokenIds,
    logProbabilities: hypothesis.logProbabilities,
    ...(hypothesis.attention.length > 0 ? { attention: hypothesis.attention } : {}),
    endProbabilityAtStart,
    hasForcedStart,
    ...(endLogProbability === undefined ? { hasReachedCap: true } : { hasReachedCap: false, endLogProbability }),
  });
  const bonusAtEnd = ({ progress }: Hypothesis): number => (keywords && progress ? keywords.worthAtEnd(progress) : 0);
  for (let length = 0; length < lastTokens && open.length > 0; length += 1) {
    signal?.throwIfAborted();
    const nexts = await decoder.step(branches);
    const steps: Step[] = [];
    for (const [row, hypothesis] of open.entries()) {
      let next = nexts[row];
      if (!next || !((next.probabilities[0] ?? Number.NaN) > 0)) throw new NotANumberError(length);
      if (length === 0) {
        endProbabilityAtStart = next.endProbability;
        if (next.tokenIds[0] === endTokenId && options.forcesStart) {
          hasForcedStart = true;
          next = withoutEnd(next, endTokenId);
        }
      }
      if (next.tokenIds[0] === endTokenId) {
        const endLogProbability = Math.log(next.endProbability);
        const found = resultOf(hypothesis, endLogProbability);
        ended.push({ found, logProbability: hypothesis.logProbability + endLogProbability, bonus: bonusAtEnd(hypothesis) });
        if (hypothesis.isGreedy) {
          shortestTokens = length * SHORTEST_RATIO;
          lastTokens = Math.min(lastTokens, length + TOKENS_AFTER_END);
        }
      }
      for (const longer of goOn(hypothesis, next, options)) steps.push({ row, hypothesis: longer });
    }
    // Until the greedy text has ended nobody knows which of the others are whole.
    const kept = select(steps, width, shortestTokens === undefined ? Number.NEGATIVE_INFINITY : Math.max(...wholeTexts().map(totalOf)));
    branches = kept.map(({ row, hypothesis }) => ({ row, tokenId: hypothesis.tokenIds.at(-1) ?? startTokenId }));
    open = kept.map(({ hypothesis }) => hypothesis);
  }
  signal?.throwIfAborted();
  const whole = wholeTexts();
  if (whole.length > 0) return whole.sort((a, b) => totalOf(b) - totalOf(a));
  return open
    .map((hypothesis) => ({ found: resultOf(hypothesis), logProbability: hypothesis.logProbability, bonus: bonusAtEnd(hypothesis) }))
    .sort((a, b) => totalOf(b) - totalOf(a));
}

/** The best of the texts. */
export function foundIn(texts: readonly BeamText[]): GreedySearchResult {
  const [best] = texts;
  if (!best) throw new RangeError('a beam search gives one text at least');
  return best.found;
}

function totalOf({ logProbability, bonus }: Pick<BeamText, 'logProbability' | 'bonus'>): number {
  return logProbability + bonus;
}

/** What is left when the end is forbidden. */
function withoutEnd({ tokenIds, probabilities, endProbability, attention }: NextCandidates, endTokenId: number): NextCandidates {
  const kept = [...tokenIds.keys()].filter((index) => tokenIds[index] !== endTokenId);
  const rest = 1 - endProbability;
  return {
    tokenIds: kept.map((index) => tokenIds[index] ?? 0),
    // The smallest number where an end of probability 1 leaves nothing.
    probabilities: kept.map((index) => Math.max((probabilities[index] ?? 0) / rest || 0, Number.MIN_VALUE)),
    endProbability,
    ...(attention ? { attention } : {}),
  };
}

/** The text with one of its most probable next tokens, or with one that a keyword has next. */
function goOn(hypothesis: Hypothesis, next: NextCandidates, { endTokenId, width, keywords }: BeamSearchOptions): Hypothesis[] {
  const { progress } = hypothesis;
  return next.tokenIds.flatMap((tokenId, index) => {
    const probability = next.probabilities[index] ?? 0;
    if (tokenId === endTokenId || !(probability > 0)) return [];
    if (index >= width && !(keywords && progress && keywords.isListed(progress, tokenId))) return [];
    const logProbability = Math.log(probability);
    return [
      {
        tokenIds: [...hypothesis.tokenIds, tokenId],
        logProbabilities: [...hypothesis.logProbabilities, logProbability],
        attention: next.attention ? [...hypothesis.attention, next.attention] : [],
        logProbability: hypothesis.logProbability + logProbability,
        progress: keywords && progress ? keywords.advance(progress, tokenId) : undefined,
        isGreedy: hypothesis.isGreedy && index === 0,
      },
    ];
  });
}

function select(steps: readonly Step[], width: number, bestEnded: number): Step[] {
  const total = ({ hypothesis }: Step): number => hypothesis.logProbability + (hypothesis.progress?.bonus ?? 0);
  const sorted = [...steps].sort((a, b) => total(b) - total(a));
  const floor = Math.max(bestEnded, sorted[0] ? total(sorted[0]) - BEAM_DEPTH : 0);
  const greedy = sorted.filter(({ hypothesis }) => hypothesis.isGreedy);
  const others = sorted.filter((step) => !step.hypothesis.isGreedy && total(step) > floor);
  return [...greedy, ...others].slice(0, width);
}
