import { findLargest, logSumExp } from './logits.ts';

/** A decoder that is fed one token at a time. */
export interface StepDecoder {
  /**
   * Feeds a token.
   *
   * @returns The logits of the next token, one for each id; valid until the next call.
   */
  step(tokenId: number): Promise<Float32Array>;
}

/** Options of {@link searchGreedily}. */
export interface GreedySearchOptions {
  readonly startTokenId: number;
  readonly endTokenId: number;
  /** Most tokens to write, the end token not counted. */
  readonly maximumTokens: number;
  /** Whether the text may not end at once: then it begins with the second most probable token. @defaultValue false */
  readonly forcesStart?: boolean;
  /** Monotonic clock, in milliseconds. */
  readonly now: () => number;
  /** Stops the search between two steps. */
  readonly signal?: AbortSignal | undefined;
}

/** What a search wrote. */
export interface GreedySearchResult {
  /** Tokens without the start and end tokens. */
  readonly tokenIds: readonly number[];
  /** Natural logarithm of the probability of each token. */
  readonly logProbabilities: readonly number[];
  /** For each token how much it attended to each frame of the encoder, 1 in all; absent for graphs that do not say it. */
  readonly attention?: readonly Float32Array[];
  /** Probability of the end token in the first step, 0-1. */
  readonly endProbabilityAtStart: number;
  /** Whether the text would have ended at once and was not let: the probability of its first token is one among the others only. */
  readonly hasForcedStart: boolean;
  /** Whether the search was cut off before the end token came. */
  readonly hasReachedCap: boolean;
  /** Natural logarithm of the probability of the end token behind the text, where it came. */
  readonly endLogProbability?: number;
}

/** Logits that are not numbers: nothing that follows would mean anything, and the end token would never win. */
export class NotANumberError extends Error {
  constructor(stepIndex: number) {
    super(`the logits of step ${stepIndex} are not finite numbers`);
    this.name = 'NotANumberError';
  }
}

// A runtime whose promises settle without leaving the microtask queue would keep timers and messages, and so the abort that
// arrives in one, waiting until the text ends. A timer costs 1-4 ms, so it is taken only this often.
const TURN_INTERVAL_MS = 50;

/**
 * Writes the most probable token at each step until the end token is the most probable or the cap is reached.
 *
 * @throws {@link NotANumberError} when a logit is NaN or the largest is infinite.
 * @throws the reason of the signal when it is aborted.
 */
export async function searchGreedily(decoder: StepDecoder, options: GreedySearchOptions): Promise<GreedySearchResult> {
  const { startTokenId, endTokenId, maximumTokens, forcesStart = false, now, signal } = options;
  const tokenIds: number[] = [];
  const logProbabilities: number[] = [];
  let endProbabilityAtStart = 0;
  let hasForcedStart = false;
  let endLogProbability: number | undefined;
  let previousTokenId = startTokenId;
  let turnAtMs = now();
  for (let stepIndex = 0; stepIndex < maximumTokens; stepIndex += 1) {
    signal?.throwIfAborted();
    const logits = await decoder.step(previousTokenId);
    let tokenId = findLargest(logits);
    let logNormaliser = logSumExp(logits, logits[tokenId] ?? Number.NaN);
    if (!Number.isFinite(logNormaliser)) {
      throw new NotANumberError(stepIndex);
    }
    if (stepIndex === 0) {
      endProbabilityAtStart = Math.exp((logits[endTokenId] ?? Number.NEGATIVE_INFINITY) - logNormaliser);
    }
    if (tokenId === endTokenId && stepIndex === 0 && forcesStart) {
      hasForcedStart = true;
      logits[endTokenId] = Number.NEGATIVE_INFINITY;
      tokenId = findLargest(logits);
      logNormaliser = logSumExp(logits, logits[tokenId] ?? Number.NaN);
    }
    if (tokenId === endTokenId) {
      endLogProbability = (logits[tokenId] ?? Number.NaN) - logNormaliser;
      break;
    }
    tokenIds.push(tokenId);
    logProbabilities.push((logits[tokenId] ?? Number.NaN) - logNormaliser);
    previousTokenId = tokenId;
    if (now() - turnAtMs >= TURN_INTERVAL_MS) {
      await nextTurn();
      turnAtMs = now();
    }
  }
  signal?.throwIfAborted();
  return {
    tokenIds,
    logProbabilities,
    endProbabilityAtStart,
    hasForcedStart,
    ...(endLogProbability === undefined ? { hasReachedCap: true } : { hasReachedCap: false, endLogProbability }),
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
