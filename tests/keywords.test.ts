import { NO_ERRORS, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { describe, expect, test } from 'vitest';
import { countKeywords } from '../benchmarks/keywords/count.ts';
import type { HeardTrial } from '../benchmarks/keywords/hearing.ts';
import { listFor, readMaterial } from '../benchmarks/keywords/listed-words.ts';
import { formatTrials, holdOut } from '../benchmarks/keywords/report.ts';
import { hasDevData } from '../benchmarks/support/dev-data.ts';

describe('what the benchmark counts', () => {
  const said = {
    reference: 'the rigor mortis of mister thornton',
    words: ['mortis', 'thornton'],
    list: ['mortis', 'Thornton', 'New York'],
  };
  const count = (text: string) => countKeywords(said, text, WHISPER_ENGLISH);

  test('listed words that are missed, apart from all others', () => {
    expect(count('The rigor mortars of Mr. Thornton.')).toEqual({
      listed: { ...NO_ERRORS, substitutions: 1, referenceCount: 2 },
      others: { ...NO_ERRORS, referenceCount: 4 },
      invented: 0,
    });
    expect(count('The rigger mortis of Thornton').others).toMatchObject({ substitutions: 1, deletions: 1 });
  });

  test('listed phrases that nobody said', () => {
    expect(count('the rigor mortis of New York, Thornton. Thornton').invented).toBe(2);
    expect(count('new mortis york').invented).toBe(0);
  });
});

describe('the table', () => {
  const heard = (speaker: string, missed: number) => ({
    path: `${speaker}.flac`,
    speaker,
    text: '',
    counts: {
      listed: { ...NO_ERRORS, deletions: missed, referenceCount: 10 },
      others: { ...NO_ERRORS, substitutions: 1, referenceCount: 20 },
      invented: 1,
    },
  });
  const trial = (perToken: number, misses: readonly [number, number, number]): HeardTrial => ({
    distractorCount: 50,
    bonus: { perToken, maximum: 4 },
    heard: [heard('a', misses[0]), heard('b', misses[1]), heard('c', misses[2])],
    cpuMs: 200,
  });

  test('says what a list is worth beside none', () => {
    const plain: HeardTrial = { ...trial(0, [4, 4, 2]), bonus: undefined, cpuMs: 100 };
    const [, , none, listed] = formatTrials([plain, trial(1, [2, 2, 1])], plain)
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(none!.slice(1, 5)).toEqual(['none', '20 of 30', '66.67 %', '10']);
    expect(listed!.slice(1, 7)).toEqual(['50 others, bonus 1, at most 4', '25 of 30', '83.33 %', '5', '50.00 %', '3']);
    expect(listed!.at(-2)).toBe('2.00');
  });

  test('each speaker is heard with the bonus that is best for the others', () => {
    // The first bonus is the best for c alone, the second for the others.
    const trials = [trial(1, [5, 5, 0]), trial(2, [2, 2, 5])];
    expect(holdOut(trials)?.heard.map(({ counts }) => counts.listed.deletions)).toEqual([5, 5, 5]);
    expect(holdOut([])).toBeUndefined();
  });
});

test.skipIf(!hasDevData())('a list holds the rare words of its recording, and others', async () => {
  const { recordings, distractors } = await readMaterial(['ljspeech']);
  expect(recordings).toHaveLength(8);
  expect(recordings.flatMap(({ words }) => words)).toContain('gutenberg');
  expect(distractors.length).toBeGreaterThan(950);
  const list = listFor(recordings[0]!, distractors, 50);
  expect(list).toHaveLength(recordings[0]!.words.length + 50);
  expect(new Set(list.map((word) => word.toLowerCase())).size).toBe(list.length);
});
