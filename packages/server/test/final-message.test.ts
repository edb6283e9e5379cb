import { encodeMessage } from '@outspoken/protocol';
import { expect, test } from 'vitest';
import { nothingMessage, recognizedMessage } from '../src/session/final-message.ts';
import { HELLO, start } from './support/speech.ts';

const context = { start: start(3, { startMs: 1_234.5 }), modelId: 'moonshine-tiny', clipPolicyId: HELLO.clipPolicyId };
const transcript = {
  text: 'a b',
  tokens: [],
  words: [{ text: 'a', confidence: 1.000_000_2, startMs: -0.001, endMs: 100.123_4, timing: 'estimated' as const }],
  confidence: 1.000_000_1,
  meanLogProbability: 0,
  noSpeechProbability: -0,
  guards: ['repetition' as const],
  timings: { encoderMs: 12.345_678, decoderMs: 20 },
  effort: 'fast' as const,
  audioMs: 500,
};

test('a final has session time for the clip and clip time for its words, and passes the schema', () => {
  const message = recognizedMessage(
    {
      type: 'recognized',
      end: { lengthSamples: 8_000, reason: 'split', continues: true },
      outcome: { transcript, attempt: 2, workerId: 1, busyMs: 30, batchSize: 1, handMs: 0, queueMs: 5 },
      digest: 'x',
      serverMs: 42,
    },
    context,
  );
  expect(message).toMatchObject({
    clipId: context.start.clipId,
    sequence: 3,
    text: 'a b',
    guards: ['repetition'],
    words: [{ text: 'a', confidence: 1, startMs: 0, endMs: 100.12, timing: 'estimated' }],
    confidence: 1,
    noSpeechProbability: 0,
    startMs: 1_234.5,
    endMs: 1_734.5,
    receivedSamples: 8_000,
    endReason: 'split',
    continues: true,
    attempt: 2,
    effort: 'fast',
    timings: { queueMs: 5, encoderMs: 12.35, decoderMs: 20, serverMs: 42 },
    model: 'moonshine-tiny',
  });
  expect(message).not.toHaveProperty('emptyReason');
  expect(() => encodeMessage(message)).not.toThrow();
});

test('a clip too short to recognize is empty and says why', () => {
  const message = nothingMessage({ lengthSamples: 0, reason: 'stalled', continues: false }, context);
  expect(message).toMatchObject({ text: '', emptyReason: 'too_short', receivedSamples: 0, startMs: 1_234.5, endMs: 1_234.5 });
  expect(() => encodeMessage(message)).not.toThrow();
});
