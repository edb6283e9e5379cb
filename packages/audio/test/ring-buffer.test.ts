import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RingBuffer } from '../src/ring-buffer.ts';

/** Samples that name their own position. */
function counting(from: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => from + i);
}

test('behaves like an array of which only the end is kept', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(60), { maxLength: 20 }), (capacitySamples, lengths) => {
      const ring = new RingBuffer(capacitySamples);
      let total = 0;
      for (const length of lengths) {
        ring.push(counting(total, length));
        total += length;
        const start = Math.max(0, total - capacitySamples);
        expect([ring.startSample, ring.endSample]).toEqual([start, total]);
        expect(ring.copy(start, total)).toEqual(counting(start, total - start));
        const middle = Math.floor((start + total) / 2);
        expect(ring.copy(middle, total)).toEqual(counting(middle, total - middle));
        expect(ring.copy(middle, middle)).toHaveLength(0);
      }
    }),
    { seed: 20261124 },
  );
});

test('refuses a span that is overwritten, not yet there, reversed or no integer', () => {
  const ring = new RingBuffer(10);
  ring.push(counting(0, 25));
  expect(() => ring.copy(14, 20)).toThrow('span must lie in 15-25, got 14-20');
  expect(() => ring.copy(20, 26)).toThrow(RangeError);
  expect(() => ring.copy(20, 19)).toThrow(RangeError);
  expect(() => ring.copy(15.5, 20)).toThrow(RangeError);
  expect(() => ring.copy(Number.NaN, 20)).toThrow(RangeError);
});

test('gives copies that later pushes do not change', () => {
  const ring = new RingBuffer(4);
  ring.push(counting(0, 4));
  const copy = ring.copy(0, 4);
  ring.push(counting(4, 4));
  expect(copy).toEqual(counting(0, 4));
});

test.each([0, -1, 1.5, Number.NaN])('refuses a capacity of %d', (capacitySamples) => {
  expect(() => new RingBuffer(capacitySamples)).toThrow(RangeError);
});
