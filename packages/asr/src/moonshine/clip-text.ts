import { type GreedySearchResult, NotANumberError } from './greedy-search.ts';

/** What one step of the search says of one row. */
export interface SearchStep {
  readonly tokenId: number;
  readonly probability: number;
  /** The second most probable token. */
  readonly runnerUpId: number;
  readonly runnerUpProbability: number;
  /** Probability of the token that ends the text. */
  readonly endProbability: number;
  /** How much the step attended to each frame; absent for graphs that do not say it. */
  readonly attention?: Float32Array;
}

/** The text of a clip in the making. */
export class ClipText {
  readonly #endTokenId: number;
  readonly #maximumTokens: number;
  readonly #forcesStart: boolean;
  readonly #tokenIds: number[] = [];
  readonly #logProbabilities: number[] = [];
  readonly #attention: Float32Array[] = [];
  #endProbabilityAtStart = 0;
  #hasForcedStart = false;
  #endLogProbability: number | undefined;

  /** @param options.forcesStart - Whether it may not end at once: then it begins with the second most probable token. */
  constructor(options: { readonly endTokenId: number; readonly maximumTokens: number; readonly forcesStart: boolean }) {
    this.#endTokenId = options.endTokenId;
    this.#maximumTokens = options.maximumTokens;
    this.#forcesStart = options.forcesStart;
  }

  /** The last token, if there is one. */
  get lastTokenId(): number | undefined {
    return this.#tokenIds.at(-1);
  }

  /** How many tokens it may still have: none once it has ended. */
  get remainingTokens(): number {
    return this.#endLogProbability !== undefined ? 0 : this.#maximumTokens - this.#tokenIds.length;
  }

  /** @throws {@link NotANumberError} when a probability is none. */
  write(steps: readonly SearchStep[]): void {
    for (const { tokenId, probability, runnerUpId, runnerUpProbability, endProbability, attention } of steps) {
      // Also what a probability of 0 would be: the largest of a vocabulary never is.
      if (!(probability > 0)) throw new NotANumberError(this.#tokenIds.length);
      const isFirst = this.#tokenIds.length === 0;
      if (isFirst) this.#endProbabilityAtStart = endProbability;
      if (tokenId !== this.#endTokenId) {
        this.#push(tokenId, probability, attention);
      } else if (isFirst && this.#forcesStart && this.#maximumTokens > 0) {
        this.#hasForcedStart = true;
        // Of what is left when the end is forbidden; the smallest number where an end of probability 1 leaves nothing.
        this.#push(runnerUpId, Math.max(runnerUpProbability / (1 - probability) || 0, Number.MIN_VALUE), attention);
      } else {
        this.#endLogProbability = Math.log(probability);
        return;
      }
    }
  }

  #push(tokenId: number, probability: number, attention: Float32Array | undefined): void {
    if (attention) this.#attention.push(attention);
    this.#tokenIds.push(tokenId);
    this.#logProbabilities.push(Math.log(probability));
  }

  result(): GreedySearchResult {
    return {
      tokenIds: this.#tokenIds,
      logProbabilities: this.#logProbabilities,
      ...(this.#attention.length > 0 ? { attention: this.#attention } : {}),
      endProbabilityAtStart: this.#endProbabilityAtStart,
      hasForcedStart: this.#hasForcedStart,
      ...(this.#endLogProbability === undefined
        ? { hasReachedCap: true }
        : { hasReachedCap: false, endLogProbability: this.#endLogProbability }),
    };
  }
}
