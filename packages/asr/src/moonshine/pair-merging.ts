/**
 * Byte pair encoding: joins the two neighbours whose joined piece comes first in the vocabulary, again and again until no two neighbours
 * are a piece. The vocabulary of a Llama lists its pieces in the order in which they were learnt.
 *
 * @param parts - Characters, or what stands for them.
 * @param idOf - The id of a piece, if there is such a piece.
 */
export function mergePairs(parts: readonly string[], idOf: (piece: string) => number | undefined): string[] {
  const merged = [...parts];
  for (;;) {
    let bestId = Number.POSITIVE_INFINITY;
    let bestPlace = -1;
    for (let place = 0; place + 1 < merged.length; place += 1) {
      const id = idOf(`${merged[place]}${merged[place + 1]}`);
      if (id !== undefined && id < bestId) [bestId, bestPlace] = [id, place];
    }
    if (bestPlace < 0) return merged;
    merged.splice(bestPlace, 2, `${merged[bestPlace]}${merged[bestPlace + 1]}`);
  }
}
