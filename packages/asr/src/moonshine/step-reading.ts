import type { TextReading } from './clip-decoder.ts';
import type { StepDecoder } from './greedy-search.ts';
import { findLargest, logSumExp } from './logits.ts';

/** How probable a text is for a clip, token by token, for a decoder that takes no more than one at a time. */
export async function readStepByStep(
  decoder: StepDecoder,
  tokenIds: readonly number[],
  { startTokenId, endTokenId }: { readonly startTokenId: number; readonly endTokenId: number },
): Promise<TextReading> {
  const given = [...tokenIds, endTokenId];
  const logProbabilities: number[] = [];
  for (const [index, tokenId] of given.entries()) {
    const logits = await decoder.step(given[index - 1] ?? startTokenId);
    const logNormaliser = logSumExp(logits, logits[findLargest(logits)] ?? Number.NaN);
    logProbabilities.push((logits[tokenId] ?? Number.NaN) - logNormaliser);
  }
  return { logProbabilities: logProbabilities.slice(0, -1), endLogProbability: logProbabilities.at(-1) ?? Number.NaN };
}
