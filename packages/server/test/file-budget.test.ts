import { expect, test } from 'vitest';
import { AudioBudget } from '../src/session/clip-audio.ts';
import { FileBudget } from '../src/session/file-budget.ts';

test('files take at most half of the audio that may be held', () => {
  const shared = new AudioBudget(1000);
  const files = new FileBudget(shared, 1000);
  expect(files.tryAcquire(100)).toBe(400);
  expect(files.tryAcquire(100)).toBeUndefined();
  expect([files.usedBytes, shared.usedBytes]).toEqual([400, 400]);
  expect(shared.tryAcquire(600)).toBe(true);
  files.release(400);
  expect([files.usedBytes, shared.usedBytes]).toEqual([0, 600]);
});

test('files take nothing that live speech holds', () => {
  const shared = new AudioBudget(1000);
  const files = new FileBudget(shared, 1000);
  shared.tryAcquire(700);
  expect(files.tryAcquire(100)).toBeUndefined();
  expect(files.usedBytes).toBe(0);
  expect(files.tryAcquire(75)).toBe(300);
});

test('a clip larger than all there is takes all there is, so that it can run at last', () => {
  const shared = new AudioBudget(1000);
  const files = new FileBudget(shared, 1000);
  const heldBytes = files.tryAcquire(10_000);
  expect(heldBytes).toBe(500);
  files.release(heldBytes ?? 0);
  expect(shared.usedBytes).toBe(0);
});
