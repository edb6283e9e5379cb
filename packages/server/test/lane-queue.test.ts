import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LaneQueue } from '../src/scheduling/lane-queue.ts';

test('takes items in the order in which they came', () => {
  const queue = new LaneQueue<{ audioMs: number; name: string }>();
  for (const name of ['a', 'b', 'c']) {
    queue.put(name, { audioMs: 10, name });
  }
  expect(queue.delete('b')?.name).toBe('b');
  expect([queue.take()?.name, queue.take()?.name, queue.take()]).toEqual(['a', 'c', undefined]);
});

test('a renewed item keeps the place of the old one', () => {
  const queue = new LaneQueue<{ audioMs: number; name: string }>();
  queue.put('a', { audioMs: 10, name: 'old' });
  queue.put('b', { audioMs: 10, name: 'other' });
  expect(queue.put('a', { audioMs: 30, name: 'new' })?.name).toBe('old');
  expect(queue.audioMs).toBe(40);
  expect(queue.take()?.name).toBe('new');
});

test('knows the audio of what waits, and exactly 0 when nothing does', () => {
  const operation = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    audioMs: fc.double({ min: 0.1, max: 30_000, noNaN: true }),
    kind: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const queue = new LaneQueue<{ audioMs: number }>();
      const model = new Map<string, number>();
      for (const { key, audioMs, kind } of operations) {
        if (kind === 0) {
          const [first] = model.keys();
          queue.take();
          model.delete(first ?? '');
        } else if (kind === 1) {
          queue.delete(key);
          model.delete(key);
        } else {
          queue.put(key, { audioMs });
          model.set(key, audioMs);
        }
        const expected = [...model.values()].reduce((sum, value) => sum + value, 0);
        expect(queue.size).toBe(model.size);
        expect(queue.audioMs).toBeCloseTo(expected, 6);
      }
      queue.clear();
      expect([queue.size, queue.audioMs]).toEqual([0, 0]);
    }),
    { seed: 20_261_124 },
  );
});
