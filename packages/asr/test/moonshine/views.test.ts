import { expect, test } from 'vitest';
import { countRounds, viewsOf } from '../../src/moonshine/views.ts';
import { seededFloats } from '../support/built-graph.ts';

const LIMITS = { sampleRateHz: 16_000, minimumSamples: 1600, maximumSamples: 480_000 };
const samples = seededFloats(16_000, 1);
/** The lengths are those of speeds, to a sample: a resampler has its own end. */
function expectSpeeds(views: ReturnType<typeof viewsOf>, speedRatios: readonly number[], length = 16_000): void {
  expect(views).toHaveLength(speedRatios.length);
  for (const [index, speedRatio] of speedRatios.entries()) {
    const expected = (length * 16_000) / Math.round(16_000 * speedRatio);
    expect(views[index]!.speedRatio).toBe(speedRatio);
    expect(Math.abs(views[index]!.samples.length - expected), String(speedRatio)).toBeLessThanOrEqual(1);
  }
}

test('hears a clip once, or at other speeds too, first as it is', () => {
  expect(countRounds('fast')).toBe(1);
  expect(viewsOf(samples, 'fast', 0, LIMITS)).toEqual([{ samples, speedRatio: 1, paddingSamples: 0 }]);
  expect(countRounds('balanced')).toBe(2);
  expect(viewsOf(samples, 'balanced', 0, LIMITS)).toEqual([{ samples, speedRatio: 1, paddingSamples: 0 }]);
  expectSpeeds(viewsOf(samples, 'balanced', 1, LIMITS), [0.94, 1.06]);
  expect(countRounds('best')).toBe(2);
  const [first, ...others] = viewsOf(samples, 'best', 0, LIMITS);
  expect(first!.samples).toBe(samples);
  expectSpeeds(others, [0.94, 1.06]);
  expectSpeeds(viewsOf(samples, 'best', 1, LIMITS), [0.89, 1.11]);
  expect(viewsOf(samples, 'best', 2, LIMITS)).toEqual([]);
});

test('keeps the pitch and the level of speech that it slows down where they belong', () => {
  const tone = Float32Array.from({ length: 16_000 }, (_, index) => 0.5 * Math.sin((2 * Math.PI * 400 * index) / 16_000));
  const slower = viewsOf(tone, 'balanced', 1, LIMITS)[0]!.samples;
  const crossings = slower.reduce((count, value, index) => count + (index > 0 && value >= 0 && slower[index - 1]! < 0 ? 1 : 0), 0);
  expect(crossings).toBeGreaterThanOrEqual(399);
  expect(crossings).toBeLessThanOrEqual(401);
  expect(Math.max(...slower.subarray(1000, 16_000))).toBeCloseTo(0.5, 2);
});

test('leaves out views that the model does not take', () => {
  expectSpeeds(viewsOf(samples.subarray(0, 1600), 'best', 0, LIMITS), [1, 0.94], 1600);
  const longest = new Float32Array(480_000);
  expect(viewsOf(longest, 'best', 0, LIMITS)[0]!.samples).toBe(longest);
  expectSpeeds(viewsOf(longest, 'best', 0, LIMITS), [1, 1.06], 480_000);
});

test('puts zeros around a clip that is too short to be heard well, at every speed, and around no other', () => {
  const limits = { ...LIMITS, shortClips: { belowSamples: 16_000, paddingSamples: 800 } };
  expect(viewsOf(samples, 'fast', 0, limits)[0]!.samples).toBe(samples);
  const short = samples.subarray(0, 15_999);
  const [plain, ...others] = viewsOf(short, 'best', 0, limits);
  expect(plain).toMatchObject({ speedRatio: 1, paddingSamples: 800 });
  expect(plain!.samples).toHaveLength(15_999 + 1600);
  expect(plain!.samples.subarray(800, 800 + 15_999)).toEqual(short);
  expect(plain!.samples.subarray(0, 800).every((sample) => sample === 0)).toBe(true);
  expect(plain!.samples.subarray(800 + 15_999).every((sample) => sample === 0)).toBe(true);
  expectSpeeds(others, [0.94, 1.06], 17_599);
  expect(others.every(({ paddingSamples }) => paddingSamples === 800)).toBe(true);
});

test('makes a quiet clip louder, by so much at most, and no other', () => {
  const quietClips = { belowPeak: 0.2, targetPeak: 0.7, maximumGain: 10 };
  const peakOf = (peak: number): number => {
    const clip = new Float32Array(16_000);
    clip[100] = -peak;
    const [view] = viewsOf(clip, 'fast', 0, { ...LIMITS, quietClips });
    expect(clip[100]).toBeCloseTo(-peak);
    return -view!.samples[100]!;
  };
  expect(peakOf(0.1)).toBeCloseTo(0.7);
  expect(peakOf(0.01)).toBeCloseTo(0.1);
  expect(peakOf(0.3)).toBeCloseTo(0.3);
  expect(viewsOf(new Float32Array(16_000), 'fast', 0, { ...LIMITS, quietClips })[0]!.samples.every((sample) => sample === 0)).toBe(true);
});
