import { expect, test } from 'vitest';
import { CLIP_OVERHEAD_BYTES, OutgoingClip } from '../src/outgoing-clip.ts';

const createClip = () => new OutgoingClip({ clipId: 'clip', sequence: 0, startMs: 0, preRollMs: 0, createdAtMs: 0 });

test('its size is its samples and a fixed overhead', () => {
  const clip = createClip();
  expect(clip.sizeBytes).toBe(CLIP_OVERHEAD_BYTES);
  clip.audio.append(new Int16Array(100));
  expect(clip.sizeBytes).toBe(CLIP_OVERHEAD_BYTES + 200);
});

test('an event that means nothing now leaves the state alone, and a finished clip has no way back', () => {
  const clip = createClip();
  expect(clip.apply('accepted')).toBe(false);
  expect(clip.state).toBe('CAPTURED');
  expect(clip.apply('send')).toBe(true);
  expect(clip.apply('final')).toBe(true);
  expect(clip.isFinished).toBe(true);
  expect(clip.apply('rejected')).toBe(false);
  expect(clip.state).toBe('FINAL');
});

test('a rewind forgets what this connection saw, and not what was ever sent', () => {
  const clip = createClip();
  clip.audio.append(new Int16Array(100));
  Object.assign(clip, { isStarted: true, isEndSent: true, sentSamples: 100, chunkSequence: 2, everSentSamples: 100, refusals: 1 });
  clip.rewind();
  expect(clip).toMatchObject({ isStarted: false, isEndSent: false, sentSamples: 0, chunkSequence: 0, everSentSamples: 100, refusals: 1 });
});

test('a resume takes up where the server stands, and never beyond the audio', () => {
  const clip = createClip();
  clip.audio.append(new Int16Array(100));
  clip.chunkSequence = 3;
  clip.resume(60, false);
  expect(clip).toMatchObject({ isStarted: true, isEndSent: false, sentSamples: 60, chunkSequence: 0 });
  clip.resume(500, true);
  expect(clip).toMatchObject({ isEndSent: true, sentSamples: 100 });
});
