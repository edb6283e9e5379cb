import { expect, test } from 'vitest';
import { LatencyBook } from '../src/latency-book.ts';

test('tells the time since the cut and since the last sound, once', () => {
  let nowMs = 1000;
  const book = new LatencyBook(() => nowMs);
  book.open({ clipId: 'a', voicedAgeMs: 608 });
  nowMs = 1120;
  expect(book.close('a')).toEqual({ latencyMs: 120, sinceSpeechMs: 728 });
  expect(book.close('a')).toEqual({});
});

test('forgets the oldest clip rather than grow without end', () => {
  const book = new LatencyBook(() => 0);
  for (let clip = 0; clip <= 4096; clip += 1) book.open({ clipId: String(clip), voicedAgeMs: 0 });
  expect(book.close('0')).toEqual({});
  expect(book.close('1')).toEqual({ latencyMs: 0, sinceSpeechMs: 0 });
});
