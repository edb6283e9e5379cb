import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LaneQueue } from '../src/scheduling/lane-queue.ts';

test('takes items in the order in which they came', () => {
  const queue = new LaneQueue<{ tenant: string; audioMs: number; name: string }>();
  for (const name of ['a', 'b', 'c']) {
    queue.put(name, { tenant: 'one', audioMs: 10, name });
  }
  expect(queue.delete('b')?.name).toBe('b');
  expect([queue.take()?.name, queue.take()?.name, queue.take()]).toEqual(['a', 'c', undefined]);
});

test('a renewed item keeps the place of the old one', () => {
  const queue = new LaneQueue<{ tenant: string; audioMs: number; name: string }>();
  queue.put('a', { tenant: 'one', audioMs: 10, name: 'old' });
  queue.put('b', { tenant: 'one', audioMs: 10, name: 'other' });
  expect(queue.put('a', { tenant: 'one', audioMs: 30, name: 'new' })?.name).toBe('old');
  expect(queue.audioMs).toBe(40);
  expect(queue.take()?.name).toBe('new');
});

test('knows the audio of what waits, and exactly 0 when nothing does', () => {
  const operation = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    audioMs: fc.double({ min: 0.1, max: 30_000, noNaN: true }),
    tenant: fc.constantFrom('one', 'two', 'three'),
    kind: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const queue = new LaneQueue<{ tenant: string; audioMs: number; key: string }>();
      const model = new Map<string, { tenant: string; audioMs: number }>();
      for (const { key, tenant, audioMs, kind } of operations) {
        if (kind === 0) {
          const taken = queue.take();
          expect(taken === undefined).toBe(model.size === 0);
          model.delete(taken?.key ?? '');
        } else if (kind === 1) {
          queue.delete(key);
          model.delete(key);
        } else {
          queue.put(key, { tenant, audioMs, key });
          model.set(key, { tenant, audioMs });
        }
        const sum = (items: readonly { audioMs: number }[]) => items.reduce((total, item) => total + item.audioMs, 0);
        const items = [...model.values()];
        expect(queue.size).toBe(model.size);
        expect([...queue.upcoming()].map(([name]) => name).sort()).toEqual([...model.keys()].sort());
        // Sums of up to four fractions below 30 000: rounding is far below a millionth.
        expect(queue.audioMs).toBeCloseTo(sum(items), 6);
        expect(queue.aheadMs(1000)).toBe(queue.audioMs);
        for (const name of ['one', 'two', 'three']) {
          expect(queue.audioOf(name)).toBeCloseTo(sum(items.filter((item) => item.tenant === name)), 6);
          expect(queue.aheadMs(1000, name)).toBeLessThanOrEqual(queue.audioMs + 1e-6);
        }
      }
      queue.clear();
      expect([queue.size, queue.audioMs, queue.aheadMs(1000, 'one')]).toEqual([0, 0, 0]);
    }),
    { seed: 20_261_124 },
  );
});

interface Item {
  readonly tenant: string;
  readonly audioMs: number;
}

/** Puts items of one tenant in, all of one length. */
function fill(queue: LaneQueue<Item>, tenant: string, count: number, audioMs: number): void {
  for (let i = 0; i < count; i += 1) queue.put(`${tenant}${i}`, { tenant, audioMs });
}

test('a tenant with one item waits for one turn of each of the others, however much they have', () => {
  const queue = new LaneQueue<Item>();
  fill(queue, 'hog', 100, 3000);
  queue.take();
  queue.put('small', { tenant: 'small', audioMs: 3000 });
  expect(queue.take()?.tenant).toBe('small');
});

test('whoever waits has the same audio, in short items or long ones', () => {
  const queue = new LaneQueue<Item>();
  fill(queue, 'short', 400, 500);
  fill(queue, 'long', 20, 10_000);
  const audioMs: Record<string, number> = { short: 0, long: 0 };
  for (let i = 0; i < 210; i += 1) {
    const item = queue.take();
    if (item) audioMs[item.tenant] = (audioMs[item.tenant] ?? 0) + item.audioMs;
  }
  // The longest item and one turn: more than that no tenant can be ahead of another (Shreedhar and Varghese, lemma 2).
  expect(Math.abs((audioMs['short'] ?? 0) - (audioMs['long'] ?? 0))).toBeLessThanOrEqual(11_000);
  expect(audioMs['short']).toBeGreaterThan(50_000);
});

test('one long item at a time is no cheaper than short ones: it saves for it while they have their turns', () => {
  const queue = new LaneQueue<Item>();
  fill(queue, 'short', 1000, 1000);
  let longMs = 0;
  let shortMs = 0;
  for (let i = 0; i < 200; i += 1) {
    queue.put('long', { tenant: 'long', audioMs: 20_000 });
    const item = queue.take();
    if (item?.tenant === 'long') longMs += item.audioMs;
    else shortMs += item?.audioMs ?? 0;
  }
  // One long item is the granularity.
  expect(Math.abs(longMs - shortMs)).toBeLessThanOrEqual(21_000);
});

test('an item that is taken out of turn is paid for; one that is dropped is not', () => {
  const queue = new LaneQueue<Item>();
  fill(queue, 'a', 4, 1000);
  fill(queue, 'b', 4, 1000);
  queue.takeOut('a0');
  queue.takeOut('a1');
  queue.delete('b0');
  const order = Array.from({ length: 5 }, () => queue.take()?.tenant);
  expect(order).toEqual(['b', 'b', 'a', 'b', 'a']);
});

test('shows what comes next in turns of the tenants', () => {
  const queue = new LaneQueue<Item>();
  fill(queue, 'a', 3, 1000);
  fill(queue, 'b', 1, 1000);
  expect([...queue.upcoming()].map(([key]) => key)).toEqual(['a0', 'b0', 'a1', 'a2']);
});

test('predicts for a tenant what of the others has its turn first', () => {
  const queue = new LaneQueue<Item>();
  fill(queue, 'hog', 50, 3000);
  fill(queue, 'small', 2, 1000);
  // Its own 2 s and the new one of 3 s are saved for while the hog has as much.
  expect(queue.aheadMs(3000, 'small')).toBe(7000);
  expect(queue.aheadMs(3000, 'new')).toBe(5000);
  expect(queue.aheadMs(3000, 'hog')).toBe(152_000);
});

test('an item that comes again under another tenant changes hands', () => {
  const queue = new LaneQueue<Item>();
  queue.put('x', { tenant: 'a', audioMs: 10 });
  expect(queue.put('x', { tenant: 'b', audioMs: 30 })?.tenant).toBe('a');
  expect([queue.size, queue.audioMs, queue.audioOf('a'), queue.take()?.tenant]).toEqual([1, 30, 0, 'b']);
});
