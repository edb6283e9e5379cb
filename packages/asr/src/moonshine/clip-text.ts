import { type GreedySearchResult, NotANumberError } from './greedy-search.ts';

/** What one step of the search says of one row. */
export interface SearchStep {
  readonly tokenId: number;
  readonly probability: number;
  /** Probability of the token that ends the text. */
  readonly endProbability: number;
}

/** The text of a clip in the making. */
export class ClipText {
  readonly #endTokenId: number;
  readonly #maximumTokens: number;
  readonly #tokenIds: number[] = [];
  readonly #logProbabilities: number[] = [];
  #endProbabilityAtStart = 0;
  #hasEnded = false;

  constructor({ endTokenId, maximumTokens }: { readonly endTokenId: number; readonly maximumTokens: number }) {
    this.#endTokenId = endTokenId;
    this.#maximumTokens = maximumTokens;
  }

  /** The last token, if there is one. */
  get lastTokenId(): number | undefined {
    return this.#tokenIds.at(-1);
  }

  /** How many tokens it may still have: none once it has ended. */
  get remainingTokens(): number {
    return this.#hasEnded ? 0 : this.#maximumTokens - this.#tokenIds.length;
  }

  /** @throws {@link NotANumberError} when a probability is none. */
  write(steps: readonly SearchStep[]): void {
    for (const { tokenId, probability, endProbability } of steps) {
      // Also what a probability of 0 would be: the largest of a vocabulary never is.
      if (!(probability > 0)) throw new NotANumberError(this.#tokenIds.length);
      if (this.#tokenIds.length === 0) this.#endProbabilityAtStart = endProbability;
      if (tokenId === this.#endTokenId) {
        this.#hasEnded = true;
        return;
      }
      this.#tokenIds.push(tokenId);
      this.#logProbabilities.push(Math.log(probability));
    }
  }

  result(): GreedySearchResult {
    return {
      tokenIds: this.#tokenIds,
      logProbabilities: this.#logProbabilities,
      endProbabilityAtStart: this.#endProbabilityAtStart,
      hasReachedCap: !this.#hasEnded,
    };
  }
}
