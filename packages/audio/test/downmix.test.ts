import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Downmixer } from '../src/downmix.ts';
import { noise, tone } from './tone.ts';

const RATE_HZ = 48000;

function largestStep(samples: Float32Array): number {
  let step = 0;
  for (let i = 1; i < samples.length; i++) step = Math.max(step, Math.abs(samples[i]! - samples[i - 1]!));
  return step;
}

function meanOf(left: Float32Array, right: Float32Array): Float32Array {
  return left.map((sample, i) => (sample + right[i]!) / 2);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, sample, i) => Math.max(largest, Math.abs(sample - b[i]!)), 0);
}

/** The tone in whole periods, silent outside `from` to `to`: it begins and ends at a zero crossing. */
function gatedTone(length: number, from: number, to: number): Float32Array {
  return tone(200, RATE_HZ, length, 0.5).map((sample, i) => (i >= from && i < to ? sample : 0));
}

test('gives the mean of channels that are alive', () => {
  const left = noise(5000, 1);
  const right = noise(5000, 2);
  const mix = new Downmixer().mix([left, right]);
  expect(largestDifference(mix, meanOf(left, right))).toBeLessThan(1e-6);
});

test.each([0, 1])('keeps the full level when channel %i is digital silence from the start', (dead) => {
  const live = noise(5000, 1);
  const channels = dead === 0 ? [new Float32Array(5000), live] : [live, new Float32Array(5000)];
  expect(new Downmixer().mix(channels)).toEqual(live);
});

test('keeps the full level when all channels begin silent and one comes alive', () => {
  const live = new Float32Array(20000);
  live.set(noise(8000, 1), 12000);
  expect(new Downmixer().mix([live, new Float32Array(20000)])).toEqual(live);
});

test('rises to the full level without a click when a channel dies', () => {
  const left = tone(200, RATE_HZ, 48000, 0.5);
  const mix = new Downmixer().mix([left, gatedTone(48000, 0, 24000)]);
  // 2 % over the steepest slope of the tone itself is what the ramp of the weights may add.
  expect(largestStep(mix)).toBeLessThan(1.02 * largestStep(left));
  expect(mix.subarray(24000 + 8192 + 1024)).toEqual(left.subarray(24000 + 8192 + 1024));
});

test('falls to the mean without a click when a channel comes alive', () => {
  const left = tone(200, RATE_HZ, 48000, 0.5);
  const right = gatedTone(48000, 24000, 48000).map((sample) => -sample);
  const mix = new Downmixer().mix([left, right]);
  expect(largestStep(mix)).toBeLessThan(1.02 * largestStep(left));
  expect(mix.subarray(0, 24000)).toEqual(left.subarray(0, 24000));
  expect(Math.max(...mix.subarray(24000 + 1200))).toBe(0);
});

test('does not take the zero crossings and short rests of a signal for a dead channel', () => {
  const left = noise(20000, 1);
  const right = noise(20000, 2).map((sample, i) => (i > 5000 && i < 13000 ? 0 : sample));
  const mix = new Downmixer().mix([left, right]);
  expect(largestDifference(mix, meanOf(left, right))).toBeLessThan(1e-6);
});

test('gives the same samples however the stream is cut', () => {
  const left = tone(200, RATE_HZ, 60000, 0.5);
  const right = gatedTone(60000, 4800, 24000);
  const whole = new Downmixer().mix([left, right]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 8 }), (lengths) => {
      const downmixer = new Downmixer();
      const mix = new Float32Array(60000);
      for (let offset = 0, turn = 0; offset < mix.length; turn++) {
        const end = Math.min(mix.length, offset + lengths[turn % lengths.length]!);
        downmixer.mix([left.subarray(offset, end), right.subarray(offset, end)], mix.subarray(offset, end));
        offset = end;
      }
      expect(Buffer.from(mix.buffer).equals(Buffer.from(whole.buffer))).toBe(true);
    }),
    { seed: 20261124, numRuns: 20 },
  );
});

test('copies a single channel into the target', () => {
  const mono = noise(100, 1);
  const target = new Float32Array(200);
  const mix = new Downmixer().mix([mono], target);
  expect(mix).toEqual(mono);
  expect(mix.buffer).toBe(target.buffer);
});

test('starts afresh when the number of channels changes', () => {
  const downmixer = new Downmixer();
  const live = noise(1000, 1);
  const dead = new Float32Array(1000);
  expect(downmixer.mix([live, dead])).toEqual(live);
  expect(downmixer.mix([live])).toEqual(live);
  expect(downmixer.mix([dead, dead, live])).toEqual(live);
});

test('refuses no channels, unequal lengths and a short target', () => {
  const downmixer = new Downmixer();
  expect(() => downmixer.mix([])).toThrow(RangeError);
  expect(() => downmixer.mix([new Float32Array(2), new Float32Array(3)])).toThrow('channels must have one length, got 2 and 3');
  expect(() => downmixer.mix([new Float32Array(2)], new Float32Array(1))).toThrow(RangeError);
});
