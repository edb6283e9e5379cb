/**
 * Works through items, several at a time, in their order. The first failure stops taking new ones, and is thrown when those
 * under way have ended.
 */
export async function forEachInParallel<T>(
  items: readonly T[],
  maximumAtOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const entries = items.entries();
  const failures: unknown[] = [];
  const runOne = async (): Promise<void> => {
    for (const [index, item] of entries) {
      if (failures.length > 0) {
        return;
      }
      await work(item, index).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(maximumAtOnce, items.length) }, runOne));
  if (failures.length > 0) {
    throw failures[0];
  }
}
