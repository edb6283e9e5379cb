import { expect, test } from 'vitest';
import { fileClipObservation, recognizedObservation, unrecognizedObservation } from '../src/session/clip-observation.ts';

const transcript = {
  text: 'secret words',
  tokens: [{ id: 1, text: 'secret', probability: 0.5 }],
  words: [],
  confidence: 0.5,
  meanLogProbability: -0.7,
  noSpeechProbability: 0,
  guards: ['token_cap' as const],
  timings: { encoderMs: 10, decoderMs: 20 },
  effort: 'fast' as const,
  audioMs: 500,
};

const LIVE = { protocol: 'stream', model: 'm' } as const;

function observe(text: string, reason: 'silence' | 'stalled') {
  const outcome = { transcript: { ...transcript, text }, attempt: 1, workerId: 1, busyMs: 40, batchSize: 1, handMs: 0, queueMs: 5 };
  const end = { lengthSamples: 8_000, reason, continues: false };
  return recognizedObservation({ type: 'recognized', end, outcome, digest: 'x', serverMs: 50 }, LIVE);
}

test('holds figures and no text', () => {
  const observation = observe('secret words', 'silence');
  expect(observation).toEqual({
    protocol: 'stream',
    model: 'm',
    outcome: 'ok',
    audioMs: 500,
    finalLatencyMs: 50,
    queueMs: 5,
    encoderMs: 10,
    decoderMs: 20,
    busyMs: 40,
    confidence: 0.5,
    tokenCount: 1,
    guards: ['token_cap'],
    effort: 'fast',
  });
});

test('tells empty and stalled clips apart', () => {
  expect(observe('', 'silence').outcome).toBe('empty');
  expect(observe('x', 'stalled').outcome).toBe('stalled');
  expect(unrecognizedObservation(1_600, 'cancelled', LIVE)).toEqual({ protocol: 'stream', model: 'm', outcome: 'cancelled', audioMs: 100 });
});

test('a clip of a file has no latency of its own', () => {
  const outcome = { transcript, attempt: 1, workerId: 1, busyMs: 40, batchSize: 1, handMs: 0, queueMs: 5 };
  const observation = fileClipObservation(8_000, outcome, { protocol: 'openai', model: 'm' });
  expect(observation).toMatchObject({ protocol: 'openai', outcome: 'ok', audioMs: 500, busyMs: 40 });
  expect(Object.keys(observation)).not.toContain('finalLatencyMs');
  expect(Object.keys(observation)).not.toContain('queueMs');
});
