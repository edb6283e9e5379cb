import { createErrorMessage, type FinalMessage } from '@outspoken/protocol';
import { expect, test } from 'vitest';
import { AudioBudget, ClipAudio } from '../src/session/clip-audio.ts';
import { nothingMessage } from '../src/session/final-message.ts';
import { ResultStore } from '../src/session/result-store.ts';
import { clipId, frame, HELLO, start, tone } from './support/speech.ts';

function finalOf(number: number, lengthSamples: number, endReason: FinalMessage['endReason'] = 'silence'): FinalMessage {
  const context = { start: start(number), modelId: 'm', clipPolicyId: HELLO.clipPolicyId };
  return nothingMessage({ lengthSamples, reason: endReason, continues: false }, context);
}

function digestOf(samples: Float32Array): string {
  const audio = new ClipAudio({ budget: new AudioBudget(1e9), maximumSamples: 480_000 });
  audio.write(0, samples);
  return audio.digest(samples.length);
}

function storeWithClip(endReason: FinalMessage['endReason'] = 'silence'): ResultStore {
  const store = new ResultStore(8);
  store.add({ start: start(0), message: finalOf(0, 2_000, endReason), digest: digestOf(tone(2_000)) });
  store.reopen(clipId(0));
  return store;
}

test('keeps results until they are deleted; at the bound the oldest goes', () => {
  const store = new ResultStore(2);
  for (const number of [0, 1, 2]) store.add({ start: start(number), message: createErrorMessage('decode_failed', 'x') });
  expect([...store.values()].map((result) => result.start.sequence)).toEqual([1, 2]);
  expect([store.delete(clipId(1)), store.delete(clipId(1))]).toEqual([true, false]);
  expect(store.get(clipId(1))).toBeUndefined();
});

test('the same clip sent again is no conflict', () => {
  const store = storeWithClip();
  store.write(frame(0, tone(2_000)));
  expect(store.isConflict(clipId(0), 2_000)).toBe(false);
});

test('other samples under the same id are a conflict, and so is another length', () => {
  const store = storeWithClip();
  store.write(frame(0, tone(2_000, 2)));
  expect(store.isConflict(clipId(0), 2_000)).toBe(true);
  expect(storeWithClip().isConflict(clipId(0), 1_999)).toBe(true);
});

test('a clip that had stalled may be sent again with more audio', () => {
  const store = storeWithClip('stalled');
  store.write(frame(0, tone(5_000)));
  expect(store.isConflict(clipId(0), 5_000)).toBe(false);
});

test('a late end of a clip that was not started again is no conflict', () => {
  const store = new ResultStore(8);
  store.add({ start: start(0), message: finalOf(0, 2_000), digest: 'x' });
  expect(store.isConflict(clipId(0), 5)).toBe(false);
});
