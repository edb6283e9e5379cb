import { expect, test } from 'vitest';
import { forEachInParallel } from '../src/pool.ts';

test('works through everything, never more at once than allowed', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await forEachInParallel([5, 1, 4, 2, 3], 2, async (turns) => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < turns; turn++) {
      await Promise.resolve();
    }
    done.push(turns);
    running--;
  });
  expect(most).toBe(2);
  expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
});

test('takes nothing new after a failure, and throws it when the rest has ended', async () => {
  const begun: number[] = [];
  let hasEnded = false;
  const running = forEachInParallel([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    if (item === 0) {
      throw new Error('broken');
    }
    await Promise.resolve();
    hasEnded = true;
  });
  await expect(running).rejects.toThrow('broken');
  expect(begun).toEqual([0, 1]);
  expect(hasEnded).toBe(true);
});

test('has nothing to do for nothing', async () => {
  await forEachInParallel([], 4, () => Promise.reject(new Error('never')));
});
