import { peakDbfs, rmsDbfs } from '@outspoken/audio';
import { expect, test } from 'vitest';
import type { Item } from '../benchmarks/accuracy/material.ts';
import type { Cut, HeardClip } from '../benchmarks/clip-policy/bench.ts';
import { toLoudness, toPeak } from '../benchmarks/clip-policy/gain.ts';
import { joinSentences } from '../benchmarks/clip-policy/monologue.ts';
import { textOf } from '../benchmarks/clip-policy/score.ts';
import { attenuate } from '../benchmarks/clip-policy/source.ts';
import { faultsAtSplits } from '../benchmarks/clip-policy/split-faults.ts';

const FRAME = 512;

function tone(levelDbfs: number, lengthSamples = 32_000): Float32Array {
  const amplitude = 10 ** (levelDbfs / 20);
  return Float32Array.from({ length: lengthSamples }, (_, index) => amplitude * Math.sin((2 * Math.PI * 440 * index) / 16_000));
}

function item(text: string, samples: Float32Array = new Float32Array(0)): Item {
  const common = { id: text, group: 'sentences', slice: 'x', speaker: 'one', phrases: [], isOnlyCut: false } as const;
  return { ...common, text, samples };
}

function cut(said: string, ...texts: string[]): Cut {
  const clips = texts.map((text, index): HeardClip => {
    const place = { startSample: 0, endSample: 0, samples: new Float32Array(0), continues: index < texts.length - 1 };
    return { ...place, transcript: { text, words: [], tokens: [] } };
  });
  return { source: { key: said, item: item(said), samples: new Float32Array(0), probabilities: [] }, clips };
}

test('brings a clip to a peak and to a loudness', () => {
  expect(peakDbfs(toPeak(-3).apply(tone(-12)))).toBeCloseTo(-3, 2);
  // The level of the loud half, not that of half a clip of silence.
  const half = new Float32Array(64_000);
  half.set(tone(-20));
  expect(rmsDbfs(toLoudness(-30).apply(half).subarray(0, 32_000))).toBeCloseTo(-30, 0);
});

test('lifts by 20 dB at most, never above a true peak of -1 dBFS, and leaves silence alone', () => {
  expect(peakDbfs(toPeak(-3).apply(tone(-40)))).toBeCloseTo(-20, 2);
  expect(peakDbfs(toLoudness(-1).apply(tone(-12)))).toBeCloseTo(-1, 2);
  expect(peakDbfs(toPeak(-3).apply(new Float32Array(16_000)))).toBe(Number.NEGATIVE_INFINITY);
});

test('makes speech quieter as a quiet microphone gives it, in 16 bits', () => {
  const quiet = attenuate(item('x', tone(0)), 36).samples;
  expect(peakDbfs(quiet)).toBeCloseTo(-36, 1);
  expect(quiet.every((sample) => Number.isInteger(sample * 32_768))).toBe(true);
});

test('puts the sentences of a speaker one behind the other in both orders, without their pauses', () => {
  // Ten frames of silence, five of speech, ten of silence, five of speech, ten of silence.
  const probabilities = Array.from({ length: 40 }, (_, frame) => (frame % 15 >= 10 ? 0.9 : 0.1));
  const samples = Float32Array.from({ length: 40 * FRAME }, (_, index) => (Math.floor(index / FRAME) % 15 >= 10 ? 1 : 0));
  const sources = ['a', 'b', 'c', 'd'].map((text) => ({ key: text, item: item(text, samples), samples, probabilities }));
  const monologues = joinSentences(sources);
  expect(monologues.map(({ text }) => text)).toEqual(['a b c d', 'd c b a']);
  const joined = monologues[0]!.samples;
  expect(joined.filter((sample) => sample === 1)).toHaveLength(4 * 10 * FRAME);
  expect(joined.length).toBeLessThanOrEqual(4 * (10 + 5 + 5) * FRAME);
  expect(joinSentences(sources.slice(0, 3))).toEqual([]);
});

test('joins what was split and counts the errors beside the splits only', () => {
  const split = cut(
    'the old man said that the absence of the detailed report was no surprise',
    'the odd man said that the absence of the',
    'The detailed report was was no surprise',
  );
  expect(textOf(split)).toBe('the odd man said that the absence of the detailed report was was no surprise');
  // "odd" and the second "was" are far from the split.
  expect(faultsAtSplits(split)).toEqual({ splits: 1, twice: 1, added: 0, lost: 0, wrong: 0 });
  expect(faultsAtSplits(cut('one two three four', 'one two', 'free four'))).toEqual({ splits: 1, twice: 0, added: 0, lost: 0, wrong: 1 });
  expect(faultsAtSplits(cut('one two three four', 'one two', 'four'))).toEqual({ splits: 1, twice: 0, added: 0, lost: 1, wrong: 0 });
});
