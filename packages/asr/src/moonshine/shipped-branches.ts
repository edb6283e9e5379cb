import type { Branch, BranchingDecoder, NextCandidates } from './beam-search.ts';
import { NotANumberError } from './greedy-search.ts';
import { findLargest, logSumExp } from './logits.ts';
import type { ForkableDecoder } from './model.ts';

const CANDIDATES = 64;

/** Texts about one clip with the published graphs: one run for each of them. */
export class ShippedBranches implements BranchingDecoder {
  readonly #endTokenId: number;
  #decoders: readonly ForkableDecoder[];
  #position = 0;

  constructor(decoder: ForkableDecoder, endTokenId: number) {
    this.#decoders = [decoder];
    this.#endTokenId = endTokenId;
  }

  async step(branches: readonly Branch[]): Promise<NextCandidates[]> {
    const decoders = branches.map(({ row }) => this.#decoders[row]?.fork()).filter((decoder) => decoder !== undefined);
    const nexts: NextCandidates[] = [];
    for (const [place, decoder] of decoders.entries()) {
      nexts.push(candidatesIn(await decoder.step(branches[place]?.tokenId ?? this.#endTokenId), this.#endTokenId, this.#position));
    }
    this.#decoders = decoders;
    this.#position += 1;
    return nexts;
  }
}

function candidatesIn(logits: Float32Array, endTokenId: number, position: number): NextCandidates {
  const logNormaliser = logSumExp(logits, logits[findLargest(logits)] ?? Number.NaN);
  if (!Number.isFinite(logNormaliser)) throw new NotANumberError(position);
  const probabilityOf = (id: number): number => Math.exp((logits[id] ?? Number.NEGATIVE_INFINITY) - logNormaliser);
  const sorted = Float32Array.from(logits).sort();
  const least = sorted[Math.max(0, sorted.length - CANDIDATES)] ?? Number.NEGATIVE_INFINITY;
  const tokenIds = [...logits.keys()].filter((id) => (logits[id] ?? Number.NEGATIVE_INFINITY) >= least);
  tokenIds.sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0));
  return { tokenIds, probabilities: tokenIds.map(probabilityOf), endProbability: probabilityOf(endTokenId) };
}
