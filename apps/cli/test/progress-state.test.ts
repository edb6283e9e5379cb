import { expect, test } from 'vitest';
import { ProgressState } from '../src/progress/progress-state.ts';

test('weighs files by their size', () => {
  const state = new ProgressState([3000, 1000]);
  state.begin(0);
  expect(state.doneRatio).toBe(0);
  state.advance(0, 5000, 10_000);
  expect(state.doneRatio).toBeCloseTo(0.375);
  state.finish(1, 4000);
  expect(state.doneRatio).toBeCloseTo(0.625);
  state.finish(0, 10_000);
  expect([state.doneRatio, state.doneCount, state.audioMs]).toEqual([1, 2, 14_000]);
});

test('says how fast it goes and how long it will take', () => {
  const state = new ProgressState([1000]);
  expect([state.speed(100), state.leftMs(100)]).toEqual([0, undefined]);
  state.begin(1000);
  state.advance(0, 30_000, 60_000);
  expect(state.speed(2000)).toBe(30);
  expect(state.leftMs(2000)).toBe(1000);
});

test('never says that a file is through before it is', () => {
  const state = new ProgressState([1000]);
  state.advance(0, 90_000, 60_000);
  expect(state.doneRatio).toBe(0.99);
});

test('counts a pipe, whose size nobody knows, as much as any other', () => {
  const state = new ProgressState([0, 1000, 3000]);
  state.finish(0);
  expect(state.doneRatio).toBeCloseTo(1 / 3);
});

test('is through when there is nothing to do', () => {
  expect(new ProgressState([]).doneRatio).toBe(1);
});

test('keeps the audio of a file that failed half way', () => {
  const state = new ProgressState([1000]);
  state.advance(0, 5000, undefined);
  state.finish(0);
  expect([state.audioMs, state.doneRatio]).toEqual([5000, 1]);
});
