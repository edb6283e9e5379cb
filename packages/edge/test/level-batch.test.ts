import { expect, test } from 'vitest';
import type { LevelFrame } from '../src/capture-event.ts';
import { LevelBatch } from '../src/level-batch.ts';

test('posts at most 20 times a second and loses no frame', () => {
  let nowMs = 0;
  const posts: { atMs: number; frames: readonly LevelFrame[] }[] = [];
  const batch = new LevelBatch(
    (frames) => posts.push({ atMs: nowMs, frames }),
    () => nowMs,
  );
  // Frames of 32 ms for ten seconds, then a burst after a hold-up.
  for (let frame = 0; frame < 312; frame += 1) {
    nowMs = frame * 32;
    batch.push({ timeMs: nowMs, levelDbfs: -60, probability: 0, isSpeech: false });
  }
  for (let frame = 0; frame < 60; frame += 1) batch.push({ timeMs: nowMs + frame, levelDbfs: -60, probability: 0, isSpeech: false });
  batch.flush();
  expect(posts.flatMap(({ frames }) => frames)).toHaveLength(372);
  const inFirstSecond = posts.filter(({ atMs }) => atMs < 1000);
  expect(inFirstSecond.length).toBeLessThanOrEqual(20);
});

test('posts nothing when there is nothing', () => {
  const posts: unknown[] = [];
  new LevelBatch(
    (frames) => posts.push(frames),
    () => 0,
  ).flush();
  expect(posts).toEqual([]);
});
