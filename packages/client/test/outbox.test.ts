import { expect, test } from 'vitest';
import { Outbox } from '../src/outbox.ts';
import { CLIP_OVERHEAD_BYTES, OutgoingClip } from '../src/outgoing-clip.ts';

const clip = (sequence: number) => new OutgoingClip({ clipId: `clip-${sequence}`, sequence, startMs: 0, preRollMs: 0, createdAtMs: 0 });

test('bytes are counted in and out again', () => {
  const outbox = new Outbox(10_000);
  const first = clip(0);
  outbox.add(first);
  outbox.append(first, new Int16Array(100));
  expect(outbox.sizeBytes).toBe(CLIP_OVERHEAD_BYTES + 200);
  first.apply('final');
  outbox.remove(first);
  outbox.remove(first);
  expect(outbox.sizeBytes).toBe(0);
  expect(outbox.counts().FINAL).toBe(1);
});

test('the oldest clip must go first, and nobody when there is room', () => {
  const outbox = new Outbox(1000);
  const clips = [clip(0), clip(1), clip(2)];
  for (const each of clips) outbox.add(each);
  expect(outbox.nextToEvict(1000 - 3 * CLIP_OVERHEAD_BYTES)).toBeUndefined();
  expect(outbox.nextToEvict(1000 - 3 * CLIP_OVERHEAD_BYTES + 1)).toBe(clips[0]);
  expect(outbox.counts().CAPTURED).toBe(3);
  expect(outbox.clipCount).toBe(3);
  expect([...outbox.values()]).toEqual(clips);
});
