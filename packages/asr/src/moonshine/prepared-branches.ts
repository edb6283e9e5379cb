import type { OnnxModel, OnnxRuntime, OnnxTensor } from '@outspoken/onnx';
import type { Branch, BranchingDecoder, NextCandidates } from './beam-search.ts';
import { DecodingRows, type RowInputs } from './decoding-rows.ts';
import { dataOf } from './model.ts';
import { readAttention } from './step-attention.ts';

// A first token of a listed name that is less probable than 64 others would need a bonus that lets names in where nobody says them.
const CANDIDATES = 64;

/** What {@link PreparedBranches} runs. */
export interface PreparedBranchesOptions {
  readonly runtime: OnnxRuntime;
  readonly decoder: OnnxModel;
  readonly inputs: RowInputs;
  readonly endTokenId: number;
}

/** Texts about one clip as rows of the prepared decoder: they share what the encoder left of the clip. */
export class PreparedBranches implements BranchingDecoder {
  readonly #options: PreparedBranchesOptions;
  readonly #rows: DecodingRows;
  #position = 0;

  /** @param encoded - What the encoder's graph gave for the clip. */
  constructor(options: PreparedBranchesOptions, encoded: Record<string, OnnxTensor>) {
    this.#options = options;
    this.#rows = new DecodingRows(options.runtime, options.inputs, [encoded]);
  }

  async step(branches: readonly Branch[]): Promise<NextCandidates[]> {
    const { decoder, endTokenId } = this.#options;
    this.#rows.branch(branches.map(({ row }) => row));
    const run = { position: this.#position, stepCount: 1, candidateCount: CANDIDATES, givenTokenId: endTokenId };
    const outputs = await decoder.run(
      this.#rows.feeds(
        branches.map(({ tokenId }) => tokenId),
        run,
      ),
    );
    this.#rows.advance(outputs);
    this.#position += 1;
    const ids = dataOf(outputs, 'candidate_ids', BigInt64Array);
    const probabilities = dataOf(outputs, 'candidate_probabilities', Float32Array);
    const attention = readAttention(outputs);
    return Array.from(dataOf(outputs, 'given_probabilities', Float32Array), (endProbability, row) => ({
      ...attention(row),
      tokenIds: Array.from(ids.subarray(row * CANDIDATES, (row + 1) * CANDIDATES), Number),
      probabilities: Array.from(probabilities.subarray(row * CANDIDATES, (row + 1) * CANDIDATES)),
      endProbability,
    }));
  }
}
