/**
 * Byte pair encoding: joins the two neighbours whose joined piece comes first in the vocabulary, again and again until no two neighbours
 * are a piece. The vocabulary of a Llama lists its pieces in the order in which they were learnt.
 *
 * @param parts - Characters, or what stands for them.
 * @param idOf - The id of a piece, if there is such a piece.
 */
export function mergePairs(parts: readonly string[], idOf: (piece: string) => number | undefined): string[] {
  const merged = [...parts];
  const rankAt = (place: number): number =>
    place + 1 < merged.length ? (idOf(`${merged[place]}${merged[place + 1]}`) ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  const ranks = merged.map((_, place) => rankAt(place));
  for (;;) {
    const best = Math.min(...ranks);
    if (!(best < Number.POSITIVE_INFINITY)) return merged;
    const place = ranks.indexOf(best);
    merged.splice(place, 2, `${merged[place]}${merged[place + 1]}`);
    ranks.splice(place, 1);
    ranks[place] = rankAt(place);
    if (place > 0) ranks[place - 1] = rankAt(place - 1);
  }
}
