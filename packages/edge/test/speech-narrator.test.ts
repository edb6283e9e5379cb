import type { DetectorEvent } from '@outspoken/vad';
import { expect, test } from 'vitest';
import { type CutClip, SpeechNarrator } from '../src/speech-narrator.ts';
import type { WorkerEventMessage } from '../src/worker-channel.ts';
import { FakeSink } from './support/fake-sink.ts';

const EVIDENCE = { voicedMs: 128, peakProbability: 0.9, meanProbability: 0.8 };

function listen(capturedSamples = 0) {
  const messages: WorkerEventMessage[] = [];
  const cuts: CutClip[] = [];
  const sink = new FakeSink();
  const narrator = new SpeechNarrator({
    sink,
    now: () => 0,
    capturedSamples: () => capturedSamples,
    emit: (message) => messages.push(message),
    onClipCut: (clip) => cuts.push(clip),
  });
  return { narrator, sink, messages, cuts, names: () => messages.map(({ name }) => name) };
}

const clipEnd = (endSample: number, reason: 'silence' | 'split', continues: boolean): DetectorEvent => ({
  type: 'clip_end',
  endSample,
  voicedEndSample: endSample - 3072,
  reason,
  continues,
  evidence: EVIDENCE,
  levelDbfs: Number.NEGATIVE_INFINITY,
});
const audio = (startSample: number, endSample: number): DetectorEvent => ({
  type: 'clip_audio',
  startSample,
  endSample,
  samples: new Float32Array(endSample - startSample).fill(0.5),
});

test('turns one utterance into one clip and its events, in session time', () => {
  const { narrator, sink, messages, cuts, names } = listen(32_000);
  narrator.tell([
    { type: 'tentative_start', startSample: 8000 },
    { type: 'confirmed_start', startSample: 8000 },
    { type: 'clip_start', startSample: 3200 },
    audio(3200, 16_000),
    { type: 'maybe_end', endSample: 16_000, evidence: EVIDENCE },
    clipEnd(16_000, 'silence', false),
  ]);
  expect(names()).toEqual(['speechstart', 'speechstart', 'clipstart', 'pause', 'clip', 'speechend']);
  const { clipId, start, samples, maybeEnds, end } = sink.clips[0]!;
  expect(start).toEqual({ startMs: 200, preRollMs: 300 });
  expect(samples).toHaveLength(12_800);
  expect(samples[0]).toBe(16_384);
  expect(maybeEnds).toEqual([{ lengthSamples: 12_800, evidence: EVIDENCE }]);
  expect(end).toEqual({ reason: 'silence', continues: false, evidence: EVIDENCE, levelDbfs: Number.NEGATIVE_INFINITY });
  expect(messages[4]!.detail).toMatchObject({ clipId, startMs: 200, endMs: 1000, preRollMs: 300, reason: 'silence' });
  expect(messages[5]!.detail).toEqual({ startMs: 500, endMs: 1000, reason: 'silence' });
  expect(cuts).toEqual([{ clipId, voicedAgeMs: 1192 }]);
  expect(narrator.counters).toMatchObject({ sentMs: 800, clips: 1, misfires: 0 });
});

test('links the parts of long speech and tells its end once', () => {
  const { narrator, sink, messages, names } = listen();
  narrator.tell([
    { type: 'tentative_start', startSample: 0 },
    { type: 'confirmed_start', startSample: 0 },
    { type: 'clip_start', startSample: 0 },
    clipEnd(240_000, 'split', true),
    { type: 'clip_start', startSample: 236_800 },
    clipEnd(400_000, 'silence', false),
  ]);
  expect(sink.clips[1]!.start).toEqual({ startMs: 14_800, preRollMs: 200, continuesClipId: sink.clips[0]!.clipId });
  expect(names().filter((name) => name === 'speechend')).toHaveLength(1);
  expect(messages.at(-1)!.detail).toEqual({ startMs: 0, endMs: 25_000, reason: 'silence' });
});

test('sends nothing for a misfire', () => {
  const { narrator, sink, messages } = listen();
  narrator.tell([
    { type: 'tentative_start', startSample: 1600 },
    { type: 'misfire', startSample: 1600, endSample: 3200, reason: 'too_few_frames' },
  ]);
  expect(sink.clips).toEqual([]);
  expect(messages.at(-1)).toEqual({ type: 'event', name: 'misfire', detail: { startMs: 100, endMs: 200, reason: 'too_few_frames' } });
});

test('shows the gate in the level frames', () => {
  const { narrator, messages } = listen();
  const frame: DetectorEvent = { type: 'frame', probability: 0.9, levelDbfs: -20, endSample: 512 };
  narrator.tell([frame, { type: 'confirmed_start', startSample: 0 }]);
  narrator.tell([frame]);
  const levels = messages.flatMap((message) => (message.name === 'level' ? message.detail.frames : []));
  expect(levels).toEqual([{ timeMs: 32, levelDbfs: -20, probability: 0.9, isSpeech: false }]);
  expect(narrator.counters.voicedMs).toBe(64);
});

test('adds time that was not heard to session time', () => {
  const { narrator, sink } = listen();
  narrator.advance(16_000);
  narrator.tell([
    { type: 'confirmed_start', startSample: 8000 },
    { type: 'clip_start', startSample: 8000 },
  ]);
  expect(sink.clips[0]!.start).toEqual({ startMs: 1500, preRollMs: 0 });
});
