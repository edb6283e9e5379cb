import { expect, test } from 'vitest';
import { OnsetDetector, type OnsetStatus } from '../src/onset-detector.ts';

const LIMITS = { onsetProbability: 0.5, offsetProbability: 0.35, onsetFrames: 2, onsetWindowFrames: 3, backdateFrames: 8 };

test('confirms two of three frames', () => {
  expect(pushAll([0.1, 0.6, 0.6]).statuses).toEqual(['none', 'tentative', 'confirmed']);
  expect(pushAll([0.1, 0.6, 0.1, 0.6]).statuses).toEqual(['none', 'tentative', 'waiting', 'confirmed']);
});

test('loses a single frame as soon as the window cannot fill, and takes the next one as a new candidate', () => {
  const { statuses, detector } = pushAll([0.6, 0.1, 0.1, 0.6, 0.6]);
  expect(statuses).toEqual(['tentative', 'waiting', 'lost', 'tentative', 'confirmed']);
  expect(detector.startFrame).toBe(3);
});

test('dates the start back over frames between the thresholds', () => {
  expect(pushAll([0.1, 0.4, 0.36, 0.6, 0.6]).detector.startFrame).toBe(1);
  expect(pushAll([0.4, 0.1, 0.36, 0.6, 0.1, 0.6]).detector.startFrame).toBe(2);
});

test('goes on dating back over a lost candidate in the same run', () => {
  expect(pushAll([0.1, 0.6, 0.4, 0.4, 0.6, 0.6]).detector.startFrame).toBe(1);
});

test('dates back at most the window and eight frames', () => {
  const { detector } = pushAll([...Array(100).fill(0.45), 0.6, 0.6]);
  expect(detector.startFrame).toBe(102 - 3 - 8);
});

test('confirms at once when one frame is enough', () => {
  const detector = new OnsetDetector({ ...LIMITS, onsetFrames: 1, onsetWindowFrames: 1 });
  expect(detector.push(0.5, 0)).toBe('confirmed');
  expect(detector.candidateFrame).toBe(0);
});

test('remembers nothing after it is cleared', () => {
  const { detector } = pushAll([0.4, 0.4, 0.6]);
  detector.clear();
  expect(detector.push(0.6, 3)).toBe('tentative');
  expect(detector.push(0.6, 4)).toBe('confirmed');
  expect(detector.startFrame).toBe(3);
});

function pushAll(probabilities: readonly number[]): { statuses: OnsetStatus[]; detector: OnsetDetector } {
  const detector = new OnsetDetector(LIMITS);
  return { statuses: probabilities.map((probability, frame) => detector.push(probability, frame)), detector };
}
