import { DEFAULT_TEXT_FORMAT } from '@outspoken/text';
import { expect, test } from 'vitest';
import type { SessionError } from '../src/session/session-error.ts';
import { Utterance, type UtteranceResult } from '../src/session/utterance.ts';
import { sessionBench, settle } from './support/session-bench.ts';
import { end, frame, start, tone } from './support/speech.ts';

function open(options: Parameters<typeof sessionBench>[0] = {}, wantsInterims = false) {
  const bench = sessionBench(options);
  const results: UtteranceResult[] = [];
  const interims: string[] = [];
  const utterance = new Utterance({
    services: bench.services,
    start: start(0),
    key: 'key',
    tenant: 'one',
    wantsInterims: () => wantsInterims,
    format: DEFAULT_TEXT_FORMAT,
    keywords: undefined,
    onInterim: (_revision, text) => interims.push(text),
    onSettled: (result) => results.push(result),
  });
  return { ...bench, utterance, results, interims };
}

function errorOf(action: () => void): Partial<SessionError> {
  try {
    action();
  } catch (error) {
    return error as SessionError;
  }
  return {};
}

test('recognizes the samples up to the given length', async () => {
  const { utterance, dispatcher, results, clock, services } = open();
  utterance.write(frame(0, tone(4_000)));
  utterance.end(end(0, 3_000));
  expect(utterance.state).toBe('ended');
  expect(dispatcher.running[0]?.job.samples).toEqual(tone(3_000));
  clock.advance(120);
  dispatcher.running[0]?.finish();
  await settle();
  expect(results).toMatchObject([{ type: 'recognized', end: { lengthSamples: 3_000, reason: 'silence' }, serverMs: 120 }]);
  expect(services.budget.usedBytes).toBe(0);
  expect(clock.pending).toBe(0);
});

test('hands on what was seen of the clip, at its guessed end and at its end', () => {
  const { utterance, dispatcher } = open();
  const evidence = { voicedMs: 96, peakProbability: 0.9, meanProbability: 0.7 };
  utterance.write(frame(0, tone(4_000)));
  utterance.maybeEnd({ type: 'maybe_end', clipId: start(0).clipId, lengthSamples: 2_000, evidence });
  const message = end(0, 4_000);
  utterance.end(message);
  dispatcher.running[0]?.finish();
  expect(dispatcher.jobs.map(({ speech }) => speech)).toEqual([evidence, message.evidence]);
});

test('a clip that stalls has no evidence', () => {
  const { utterance, dispatcher, clock } = open();
  utterance.write(frame(0, tone(2_000)));
  clock.advance(5_000);
  expect(dispatcher.jobs.map(({ speech }) => speech)).toEqual([undefined]);
});

test('counts audio that is new, once', () => {
  const { utterance, metrics } = open();
  utterance.write(frame(0, tone(3_200)));
  utterance.write(frame(0, tone(3_200)));
  utterance.write(frame(0, tone(4_000)));
  expect(metrics.calls.filter(([name]) => name === 'audioReceived')).toEqual([
    ['audioReceived', 'stream', 200],
    ['audioReceived', 'stream', 50],
  ]);
});

test.each([
  ['a gap', frame(0, tone(100), { offsetSamples: 2_001 }), 'bad_frame', true],
  ['other samples at a known place', frame(0, tone(100, 2), { offsetSamples: 1_000 }), 'clip_conflict', true],
  ['another sample rate', frame(0, tone(100), { offsetSamples: 2_000, sampleRateHz: 48_000 }), 'unsupported_sample_rate', true],
  ['NaN', frame(0, Float32Array.of(0, Number.NaN), { offsetSamples: 2_000, encoding: 'pcm_f32le' }), 'audio_not_finite', true],
  ['infinity', frame(0, Float32Array.of(-1 / 0), { offsetSamples: 2_000, encoding: 'pcm_f32le' }), 'audio_not_finite', true],
  ['more than the longest clip', frame(0, tone(14_001), { offsetSamples: 2_000 }), 'clip_too_long', true],
])('answers %s', (_name, chunk, code, endsClip) => {
  const { utterance } = open({ maximumClipMs: 1_000 });
  utterance.write(frame(0, tone(2_000)));
  const error = errorOf(() => utterance.write(chunk));
  expect(error).toMatchObject({ code, endsClip, clipId: start(0).clipId });
  expect(utterance.receivedSamples).toBe(2_000);
});

test('names the offset it expects, and the rate', () => {
  const { utterance } = open();
  utterance.write(frame(0, tone(1_536)));
  expect(errorOf(() => utterance.write(frame(0, tone(10), { offsetSamples: 3_072 }))).message).toContain('at most 1536');
  expect(errorOf(() => utterance.write(frame(0, tone(10), { sampleRateHz: 44_100 }))).message).toContain('must be 16000');
});

test('an end beyond the audio leaves the clip open, so that the rest can come', async () => {
  const { utterance, dispatcher, results } = open();
  utterance.write(frame(0, tone(2_000)));
  expect(errorOf(() => utterance.end(end(0, 4_000)))).toMatchObject({ code: 'length_mismatch', endsClip: false });
  utterance.write(frame(0, tone(4_000)));
  utterance.end(end(0, 4_000));
  dispatcher.running[0]?.finish();
  await settle();
  expect(results).toHaveLength(1);
});

test('a clip under a tenth of a second is refused and never recognized', () => {
  const { utterance, dispatcher } = open();
  utterance.write(frame(0, tone(1_599)));
  expect(errorOf(() => utterance.end(end(0, 1_599)))).toMatchObject({ code: 'clip_too_short', endsClip: true });
  expect(dispatcher.begun).toEqual([]);
});

test('a second end is ignored if it is the same and a conflict if it is not', () => {
  const { utterance, dispatcher } = open();
  utterance.write(frame(0, tone(2_000)));
  utterance.end(end(0, 2_000));
  utterance.end(end(0, 2_000));
  expect(dispatcher.begun).toHaveLength(1);
  expect(errorOf(() => utterance.end(end(0, 1_900)))).toMatchObject({ code: 'clip_conflict', endsClip: false });
});

test('audio sent again after the end is compared, and what goes beyond is dropped', () => {
  const { utterance } = open();
  utterance.write(frame(0, tone(2_000)));
  utterance.end(end(0, 2_000));
  utterance.write(frame(0, tone(2_500)));
  expect(utterance.receivedSamples).toBe(2_000);
  expect(errorOf(() => utterance.write(frame(0, tone(100, 2))))).toMatchObject({ code: 'clip_conflict', endsClip: false });
});

test('a clip on which nothing comes for 5 s is finalised as stalled', async () => {
  const { utterance, dispatcher, results, clock } = open();
  utterance.write(frame(0, tone(2_000)));
  clock.advance(4_000);
  utterance.write(frame(0, tone(1_000), { offsetSamples: 2_000, payload: frame(0, tone(3_000)).payload.subarray(4_000) }));
  clock.advance(4_999);
  expect(utterance.state).toBe('open');
  clock.advance(1);
  dispatcher.running[0]?.finish();
  await settle();
  expect(results).toMatchObject([{ type: 'recognized', end: { reason: 'stalled', lengthSamples: 3_000, continues: false } }]);
});

test('a clip that stalls before there is enough to recognize gives nothing back, so that nothing is lost', () => {
  const { utterance, results, dispatcher, clock } = open();
  utterance.write(frame(0, tone(800)));
  clock.advance(5_000);
  expect(results).toMatchObject([{ type: 'nothing', end: { reason: 'stalled', lengthSamples: 0 } }]);
  expect(dispatcher.begun).toEqual([]);
});

test('a clip does not stall while its client is away', () => {
  const { utterance, clock } = open();
  utterance.write(frame(0, tone(2_000)));
  utterance.pause();
  clock.advance(50_000);
  expect(utterance.state).toBe('open');
  utterance.resume();
  clock.advance(4_999);
  expect(utterance.state).toBe('open');
  clock.advance(1);
  expect(utterance.state).toBe('ended');
});

test('a clip that the budget cannot hold is refused for now', () => {
  const { utterance, results } = open({ maximumAudioBytes: 1_000_000 });
  utterance.write(frame(0, tone(300_000)));
  expect(results).toMatchObject([{ type: 'failed', error: { code: 'overloaded', isRetryable: true, retryAfterMs: 1_000 } }]);
});

test('a discarded clip gives its memory and its worker back and says nothing', async () => {
  const { utterance, results, services, dispatcher, clock } = open();
  utterance.write(frame(0, tone(2_000)));
  utterance.end(end(0, 2_000));
  utterance.discard();
  utterance.discard();
  dispatcher.running[0]?.finish();
  await settle();
  expect(results).toEqual([]);
  expect(services.budget.usedBytes).toBe(0);
  expect(clock.pending).toBe(0);
});
