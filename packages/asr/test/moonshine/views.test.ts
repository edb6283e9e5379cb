import { expect, test } from 'vitest';
import { surest, viewsOf } from '../../src/moonshine/views.ts';
import type { Transcript } from '../../src/transcript.ts';
import { seededFloats } from '../support/built-graph.ts';

const LIMITS = { sampleRateHz: 16_000, minimumSamples: 1600, maximumSamples: 480_000 };
const samples = seededFloats(16_000, 1);

function transcript(text: string, confidence: number, guards: Transcript['guards'] = []): Transcript {
  const timings = { encoderMs: 1, decoderMs: 1 };
  return { text, confidence, guards, tokens: [], words: [], noSpeechProbability: 0.1, timings, audioMs: 1000, effort: 'best' };
}

test('hears a clip once, twice or four times, first as it is', () => {
  expect(viewsOf(samples, 'fast', LIMITS)).toEqual([samples]);
  expect(viewsOf(samples, 'balanced', LIMITS)).toHaveLength(2);
  const views = viewsOf(samples, 'best', LIMITS);
  expect(views).toHaveLength(4);
  expect(views[0]).toBe(samples);
  // At 0.94 and 1.06 of the speed, and 10 ms later.
  expect(views.map(({ length }) => length)).toEqual([16_000, Math.floor(16_000 / 0.94), Math.floor(16_000 / 1.06), 15_840]);
  expect(views[3]).toEqual(samples.subarray(160));
});

test('keeps the pitch and the level of speech that it slows down where they belong', () => {
  const tone = Float32Array.from({ length: 16_000 }, (_, index) => 0.5 * Math.sin((2 * Math.PI * 400 * index) / 16_000));
  const slower = viewsOf(tone, 'balanced', LIMITS)[1]!;
  const crossings = slower.reduce((count, value, index) => count + (index > 0 && value >= 0 && slower[index - 1]! < 0 ? 1 : 0), 0);
  expect(crossings).toBeGreaterThanOrEqual(399);
  expect(crossings).toBeLessThanOrEqual(401);
  expect(Math.max(...slower.subarray(1000, 16_000))).toBeCloseTo(0.5, 2);
});

test('leaves out views that the model does not take', () => {
  expect(viewsOf(samples.subarray(0, 1600), 'best', LIMITS).map(({ length }) => length)).toEqual([1600, Math.floor(1600 / 0.94)]);
  const longest = new Float32Array(480_000);
  expect(viewsOf(longest, 'best', LIMITS).every(({ length }) => length <= 480_000)).toBe(true);
  expect(viewsOf(longest, 'best', LIMITS)[0]).toBe(longest);
});

test('takes the text that the model is surest of', () => {
  expect(surest([transcript('a', 0.7), transcript('b', 0.9), transcript('c', 0.8)]).text).toBe('b');
  expect(surest([transcript('a', 0.7)]).text).toBe('a');
});

test('takes a text that was cut only where there is no other', () => {
  expect(surest([transcript('a', 0.5), transcript('b b b', 0.95, ['repetition'])]).text).toBe('a');
  expect(surest([transcript('a', 0.5, ['token_cap']), transcript('b', 0.6, ['repetition'])]).text).toBe('b');
  expect(surest([transcript('a', 0.5), transcript('b', 0.6, ['forced_start'])]).text).toBe('b');
});

test('has no text where most views have none', () => {
  expect(surest([transcript('', 0.9), transcript('', 0.8), transcript('', 0.7), transcript('a', 0.9)]).text).toBe('');
  expect(surest([transcript('', 0.9), transcript('', 0.8), transcript('b', 0.7), transcript('a', 0.9)]).text).toBe('a');
  expect(surest([transcript('', 0.9), transcript('a', 0.5)]).text).toBe('a');
});
