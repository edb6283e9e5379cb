import { expect, test } from 'vitest';
import { createRandom } from '../benchmarks/support/seeded-random.ts';
import { joinParts } from '../benchmarks/word-times/joined-passage.ts';
import { trim } from '../benchmarks/word-times/spoken-words.ts';
import { formatErrors, heldOutCosts } from '../benchmarks/word-times/time-figures.ts';
import { compareTimes } from '../benchmarks/word-times/word-errors.ts';

const word = (text: string, startMs: number, endMs: number) => ({ text, startMs, endMs });
const about = { kind: 'digits', speaker: 'a' };

test('joins parts with gaps between them, and knows the times at the gaps and of single words', () => {
  const parts = [
    { words: ['one'], samples: new Float32Array(1600).fill(0.5) },
    { words: ['two', 'or', 'three'], samples: new Float32Array(3200).fill(0.5) },
  ];
  const { samples, words } = joinParts(about, parts, [50], createRandom(1));
  expect(words).toEqual([word('one', 200, 300), { text: 'two', startMs: 350 }, { text: 'or' }, { text: 'three' }]);
  expect(samples.length / 16).toBe(200 + 100 + 50 + 200 + 200);
  expect(Math.abs(samples[325 * 16]!)).toBeLessThan(0.001);
  expect(Math.abs(samples[450 * 16]! - 0.5)).toBeLessThan(0.001);
});

test('trims a recording to what is loud in it', () => {
  const samples = new Float32Array(8000);
  samples.fill(0.5, 1600, 4800);
  samples.fill(0.001, 4800);
  expect(trim(samples)).toEqual(samples.subarray(1600, 4800));
});

test('compares the times of words that were heard right, one that stands for several by its edges', () => {
  const known = [word('four', 100, 200), word('two', 200, 300), { text: 'eight', startMs: 300 }, word('then', 500, 600)];
  expect(compareTimes(known, [word('4-2-8,', 110, 400), word('Then.', 480, 605)])).toEqual({ startsMs: [10, -20], endsMs: [5] });
  expect(compareTimes(known, [word('for', 110, 190), word('two', 190, 310)])).toEqual({ startsMs: [-10], endsMs: [10] });
  expect(compareTimes(known, [])).toEqual({ startsMs: [], endsMs: [] });
});

test('says how far off times are, by kind and way', () => {
  const table = formatErrors({ aligned: [{ ...about, startsMs: [-10, 60], endsMs: [20, 120] }] });
  expect(table).toContain('| digits | aligned | 4   | 10           | 60        | 20         | 120     | 50 %    | 75 %     |');
});

test('chooses for each speaker what is best for the others', () => {
  const of = (speaker: string, error: number) => ({ kind: 'digits', speaker, startsMs: [error], endsMs: [error] });
  // The first is best for b and c, and on the mean; whoever is held out, the others decide.
  const { rows, chosen } = heldOutCosts({
    first: [of('a', 500), of('b', 10), of('c', 10)],
    second: [of('a', 0), of('b', 80), of('c', 80)],
  });
  expect(chosen).toBe('first (1 of 3), second (2 of 3)');
  expect(rows).toEqual([
    ['heads', 'cost'],
    ['first', '73.3'],
    ['second', '53.3'],
    ['held-out choice', '120.0'],
  ]);
});
