/** Fewest edits, and among those ways the fewest substitutions, by the plain table: what the fast way has to agree with. */
export function naiveDistance(reference: readonly unknown[], hypothesis: readonly unknown[]): { edits: number; substitutions: number } {
  const better = (first: readonly [number, number], second: readonly [number, number]) =>
    first[0] < second[0] || (first[0] === second[0] && first[1] <= second[1]) ? first : second;
  const table: (readonly [number, number])[][] = [];
  for (let i = 0; i <= reference.length; i += 1) {
    table.push([]);
    for (let j = 0; j <= hypothesis.length; j += 1) {
      let best: readonly [number, number] = i === 0 && j === 0 ? [0, 0] : [Number.POSITIVE_INFINITY, 0];
      if (i > 0) best = better(best, [table[i - 1]![j]![0] + 1, table[i - 1]![j]![1]]);
      if (j > 0) best = better(best, [table[i]![j - 1]![0] + 1, table[i]![j - 1]![1]]);
      if (i > 0 && j > 0) {
        const [edits, substitutions] = table[i - 1]![j - 1]!;
        const differs = reference[i - 1] === hypothesis[j - 1] ? 0 : 1;
        best = better(best, [edits + differs, substitutions + differs]);
      }
      table[i]!.push(best);
    }
  }
  const [edits, substitutions] = table.at(-1)!.at(-1)!;
  return { edits, substitutions };
}
