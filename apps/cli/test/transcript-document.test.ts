import { expect, test } from 'vitest';
import { documentOf } from '../src/output/transcript-document.ts';
import { resultOf } from './support/results.ts';

test('holds what is known of a transcript, by the names of the interface', () => {
  expect(documentOf('a.wav', resultOf('Hello.'))).toEqual({
    file: 'a.wav',
    text: 'Hello.',
    durationMs: 1000,
    speechMs: 900,
    isTruncated: false,
    model: 'moonshine-tiny',
    clipPolicyId: 'sha256:abc',
    segments: [
      {
        startMs: 0,
        endMs: 900,
        text: 'Hello.',
        confidence: 0.9,
        noSpeechProbability: 0.1,
        words: [{ text: 'Hello.', startMs: 0, endMs: 900, confidence: 0.9, timing: 'estimated' }],
      },
    ],
  });
});

test('says null for what nobody knows', () => {
  const unknown = new Set(['speechMs', 'isTruncated', 'model', 'clipPolicyId', 'wordConfidence'] as const);
  const document = documentOf('a.wav', { ...resultOf('Hello.'), unknown });
  expect(document).toMatchObject({ speechMs: null, isTruncated: null, model: null, clipPolicyId: null });
  expect(document.segments[0]!.words[0]!.confidence).toBeNull();
});
