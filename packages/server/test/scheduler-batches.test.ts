import { expect, test } from 'vitest';
import type { Lane } from '../src/scheduling/scheduler.ts';
import { Bench, settled } from './support/scheduler-bench.ts';

/** What a clip of 1 s costs alone; the clips of a batch of four cost half. */
const ALONE_MS = 40;

/** A bench that has learnt what batches of up to four save. */
async function learnt(slots: number, options: { readonly hasHands?: boolean } = {}): Promise<Bench> {
  const bench = new Bench(slots, { maximumBatch: 4, ...options });
  for (let i = 0; i < 400; i += 1) bench.submit(`warm${i}`);
  while (bench.dispatcher.running.length > 0) {
    const size = bench.dispatcher.batches.at(-slots)?.length ?? 1;
    await bench.finishOne(size === 1 ? ALONE_MS : ALONE_MS * (1.1 - 0.15 * size));
  }
  bench.dispatcher.batches.length = 0;
  bench.wait(20_000);
  return bench;
}

/** Clips of one lane that wait while the only slot is busy, and the batches they come in. */
async function batchesOf(bench: Bench, clips: readonly { readonly lane?: Lane; readonly audioMs?: number; readonly tenant?: string }[]) {
  bench.submit('running', { lane: 'final' });
  clips.forEach((clip, index) => {
    bench.submit(`${index}`, clip);
  });
  await bench.finishAll();
  return bench.dispatcher.batches.slice(1);
}

test('clips of about the same length run side by side when they wait and that is cheaper', async () => {
  const bench = await learnt(1);
  const batches = await batchesOf(bench, [{ audioMs: 1000 }, { audioMs: 9000 }, { audioMs: 1100 }, { audioMs: 900 }, { audioMs: 1200 }]);
  expect(batches).toContainEqual(expect.arrayContaining(['0', '2', '3']));
  expect(batches).toContainEqual(['1']);
});

test('clips that each have a slot run alone', async () => {
  const bench = await learnt(2);
  for (const key of ['a', 'b']) bench.submit(key);
  await bench.finishAll();
  expect(bench.dispatcher.batches).toEqual([['a'], ['b']]);
});

test('no lane shares a batch with another one', async () => {
  const bench = await learnt(1);
  const lanes: Lane[] = ['final', 'interim', 'speculative', 'file', 'final', 'interim', 'speculative', 'file'];
  const batches = await batchesOf(
    bench,
    lanes.map((lane) => ({ lane })),
  );
  for (const batch of batches) expect(new Set(batch.map((key) => lanes[Number(key)])).size).toBe(1);
  expect(batches.flat().sort()).toEqual(lanes.map((_, index) => `${index}`));
});

test('files run alone while somebody speaks, and side by side when nobody does', async () => {
  const bench = await learnt(1);
  const files = Array.from({ length: 8 }, () => ({ lane: 'file' as const }));
  expect((await batchesOf(bench, files)).every(({ length }) => length === 1)).toBe(true);
  bench.dispatcher.batches.length = 0;
  for (let i = 0; i < 9; i += 1) bench.submit(`f${i}`, { lane: 'file' });
  bench.wait(10_000);
  await bench.finishAll();
  expect(Math.max(...bench.dispatcher.batches.map(({ length }) => length))).toBeGreaterThan(1);
});

test('the clips of a batch settle one by one', async () => {
  const bench = await learnt(1);
  bench.submit('running');
  const jobs = ['a', 'b', 'c', 'd'].map((key) => bench.submit(key));
  await bench.finishOne();
  const size = bench.dispatcher.batches.at(-1)?.length ?? 0;
  jobs[0]?.cancel();
  await expect(jobs[0]?.promise).rejects.toMatchObject({ name: 'AbortError' });
  await bench.finishAll();
  expect((await jobs[1]?.promise)?.batchSize).toBe(size);
});

test('the next final lies ready in the hand of a busy worker; live guesses do not', async () => {
  const bench = new Bench(1, { hasHands: true });
  bench.submit('running');
  bench.submit('i', { lane: 'interim' });
  bench.submit('s', { lane: 'speculative' });
  expect(bench.dispatcher.heldBatches).toBe(0);
  bench.submit('a');
  bench.submit('b');
  expect(bench.dispatcher.heldBatches).toBe(1);
  expect(bench.scheduler.snapshot().depth).toMatchObject({ final: 1, interim: 1, speculative: 1 });
  await bench.finishAll();
  expect(bench.dispatcher.begun).toEqual(['running', 'a', 'b', 'i', 's']);
});

test('a file lies in a hand only while nobody speaks', async () => {
  const bench = new Bench(1, { hasHands: true });
  for (const key of ['f', 'g', 'h']) bench.submit(key, { lane: 'file' });
  expect(bench.dispatcher.heldBatches).toBe(1);
  bench.submit('s', { lane: 'speculative' }).cancel();
  await bench.finishOne();
  expect(bench.dispatcher.heldBatches).toBe(0);
  await bench.finishAll();
  expect(bench.dispatcher.begun).toEqual(['f', 'g', 'h']);
});

test('a clip in a hand that is cancelled never begins, and its place is given to the next', async () => {
  const bench = new Bench(1, { hasHands: true });
  bench.submit('running');
  const held = bench.submit('a');
  bench.submit('b');
  held.cancel();
  await expect(held.promise).rejects.toMatchObject({ name: 'AbortError' });
  await settled();
  expect(bench.dispatcher.heldBatches).toBe(1);
  await bench.finishAll();
  expect(bench.dispatcher.begun).toEqual(['running', 'b']);
});

test('what lies in a hand is waited for', () => {
  const bench = new Bench(1, { hasHands: true });
  bench.submit('running', { audioMs: 2000 });
  bench.submit('a', { audioMs: 4000 });
  // The initial guess of the cost is 0.05.
  expect(bench.scheduler.predictedWaitMs()).toBeCloseTo(300, 6);
  bench.wait(50);
  expect(bench.scheduler.predictedWaitMs(), 'only what runs gets shorter').toBeCloseTo(250, 6);
});
