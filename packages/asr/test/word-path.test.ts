import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findWordPath } from '../src/word-path.ts';

/** Attention of a word: its mass, evenly over some frames. */
function attending(frames: number, first: number, last: number, mass = 1): Float32Array {
  return Float32Array.from({ length: frames }, (_, frame) => (frame >= first && frame <= last ? mass / (last - first + 1) : 0));
}

const voiced = (frames: number, silent: readonly number[] = []) => Array.from({ length: frames }, (_, frame) => !silent.includes(frame));

test('a diagonal gives each word its frames', () => {
  expect(findWordPath([attending(6, 0, 1), attending(6, 2, 3), attending(6, 4, 5)], voiced(6))).toEqual([
    { first: 0, last: 1 },
    { first: 2, last: 3 },
    { first: 4, last: 5 },
  ]);
});

test('voiced frames that nobody attends to go to the word before, silent ones to none', () => {
  expect(findWordPath([attending(10, 1, 2), attending(10, 8, 8)], voiced(10, [0, 5, 6, 7]))).toEqual([
    { first: 1, last: 4 },
    { first: 8, last: 9 },
  ]);
});

test('attention to silence counts for nothing', () => {
  // The second word looks at where it begins from before: the model hears some frames ahead.
  const second = Float32Array.of(0, 0, 0, 0.3, 0.3, 0.3, 0.1, 0);
  expect(findWordPath([attending(8, 0, 1), second], voiced(8, [3, 4, 5]))).toEqual([
    { first: 0, last: 2 },
    { first: 6, last: 7 },
  ]);
});

test('a trace of attention in every frame moves nothing', () => {
  let state = 20261127;
  const noise = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state / 2 ** 31 + 1) / 50;
  };
  const words = [attending(12, 0, 2), attending(12, 4, 6), attending(12, 9, 10)];
  expect(
    findWordPath(
      words.map((word) => word.map((value) => value + noise())),
      voiced(12),
    ),
  ).toEqual(findWordPath(words, voiced(12)));
});

test('a word that is attended to in two places keeps its order', () => {
  const torn = Float32Array.of(0.1, 0, 0, 0, 0, 0.9, 0, 0);
  expect(findWordPath([attending(8, 0, 2), torn, attending(8, 6, 7)], voiced(8))).toEqual([
    { first: 0, last: 4 },
    { first: 5, last: 5 },
    { first: 6, last: 7 },
  ]);
});

test('one word has all that is voiced, no words have nothing', () => {
  expect(findWordPath([attending(6, 2, 2)], voiced(6, [0, 5]))).toEqual([{ first: 1, last: 4 }]);
  expect(findWordPath([], voiced(6))).toEqual([]);
  expect(findWordPath([], [])).toEqual([]);
});

test('where all is silent, or nothing is attended to, each word still has a frame', () => {
  for (const isVoiced of [voiced(3), voiced(3, [0, 1, 2])]) {
    expect(findWordPath([new Float32Array(3), new Float32Array(3), new Float32Array(3)], isVoiced)).toEqual([
      { first: 0, last: 0 },
      { first: 1, last: 1 },
      { first: 2, last: 2 },
    ]);
  }
});

test('more words than frames have no path', () => {
  expect(findWordPath([attending(1, 0, 0), attending(1, 0, 0)], voiced(1))).toBeUndefined();
  expect(findWordPath([new Float32Array(0)], [])).toBeUndefined();
});

test('frames of words are in order, at least one each, whatever was attended to', () => {
  const frames = fc.integer({ min: 1, max: 40 });
  const input = frames.chain((count) =>
    fc.record({
      words: fc.array(fc.float32Array({ minLength: count, maxLength: count, min: 0, max: 1, noNaN: true }), { maxLength: count }),
      isVoiced: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
    }),
  );
  fc.assert(
    fc.property(input, ({ words, isVoiced }) => {
      let previous = -1;
      for (const { first, last } of findWordPath(words, isVoiced)!) {
        expect(first > previous && last >= first && last < isVoiced.length).toBe(true);
        previous = last;
      }
    }),
    { seed: 20261127, numRuns: 200 },
  );
});
