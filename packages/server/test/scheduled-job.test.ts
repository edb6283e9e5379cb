import { expect, test } from 'vitest';
import { createEntry, queueKey } from '../src/scheduling/scheduled-job.ts';

const CLIP = { lane: 'final', key: 'clip', tenant: 'one', samples: new Float32Array(16_000) } as const;

test('settles once, whatever happens to it later', async () => {
  const entry = createEntry({ ...CLIP, deadlineMs: 500 }, { jobId: 'clip#1', nowMs: 100 });
  let settlements = 0;
  let cancelled = 0;
  entry.onSettled = () => {
    settlements += 1;
  };
  entry.cancelDeadline = () => {
    cancelled += 1;
  };
  entry.reject(new Error('first'));
  entry.reject(new Error('second'));
  await expect(entry.promise).rejects.toThrow('first');
  expect([settlements, cancelled, entry.isSettled, entry.deadlineAtMs, entry.audioMs]).toEqual([1, 1, true, 600, 1000]);
});

test('keeps what was seen of the clip', () => {
  const speech = { voicedMs: 96, peakProbability: 0.9, meanProbability: 0.7 };
  expect(createEntry({ ...CLIP, speech }, { jobId: 'clip#1', nowMs: 0 }).speech).toBe(speech);
});

test('interims of one clip share their place in the queue', () => {
  const of = (lane: 'interim' | 'final', jobId: string) => queueKey(createEntry({ ...CLIP, lane }, { jobId, nowMs: 0 }));
  expect([of('interim', 'clip#1'), of('interim', 'clip#2'), of('final', 'clip#3')]).toEqual(['clip', 'clip', 'clip#3']);
});
