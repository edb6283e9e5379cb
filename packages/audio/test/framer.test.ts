import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Framer } from '../src/framer.ts';
import { noise } from './tone.ts';

test('gives the same frames however the stream is cut', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(fc.nat(50), { maxLength: 20 }), (frameSamples, lengths) => {
      const framer = new Framer(frameSamples);
      const stream = noise(
        lengths.reduce((sum, length) => sum + length, 0),
        1,
      );
      const frames: number[] = [];
      let offset = 0;
      for (const length of lengths) {
        framer.push(stream.subarray(offset, offset + length), (frame) => {
          expect(frame).toHaveLength(frameSamples);
          frames.push(...frame);
        });
        offset += length;
      }
      expect(frames).toEqual([...stream.subarray(0, Math.floor(stream.length / frameSamples) * frameSamples)]);
    }),
    { seed: 20261124 },
  );
});

test('reuses one array for all frames', () => {
  const seen = new Set<Float32Array>();
  new Framer(4).push(new Float32Array(40), (frame) => seen.add(frame));
  expect(seen.size).toBe(1);
});

test('forgets a partial frame on reset', () => {
  const framer = new Framer(3);
  const frames: number[][] = [];
  const keep = (frame: Float32Array): void => void frames.push([...frame]);
  framer.push(Float32Array.of(1, 2), keep);
  framer.reset();
  framer.push(Float32Array.of(4, 5, 6), keep);
  expect(frames).toEqual([[4, 5, 6]]);
});

test('begins a new frame after the receiver has thrown', () => {
  const framer = new Framer(2);
  expect(() => framer.push(Float32Array.of(1, 2, 3), () => expect.unreachable('receiver fails'))).toThrow();
  const frames: number[][] = [];
  framer.push(Float32Array.of(4, 5), (frame) => frames.push([...frame]));
  expect(frames).toEqual([[4, 5]]);
});

test.each([0, -1, 1.5, Number.NaN])('refuses a frame length of %d', (frameSamples) => {
  expect(() => new Framer(frameSamples)).toThrow(RangeError);
});
