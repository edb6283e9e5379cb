import type { Transcript } from '@outspoken/asr';
import { DEFAULT_TEXT_FORMAT, textFormat } from '@outspoken/text';
import { expect, test } from 'vitest';
import { formatTranscript } from '../src/session/transcript-text.ts';

const word = (text: string, startMs: number) =>
  ({ text, confidence: 0.5 + startMs / 1000, startMs, endMs: startMs + 90, timing: 'estimated' }) as const;
const HEARD: Transcript = {
  text: 'pin 43 19',
  tokens: [{ id: 7, text: ' pin 43 19', probability: 0.9 }],
  words: [word('pin', 0), word('43', 100), word('19', 200)],
  confidence: 0.9,
  meanLogProbability: -0.1,
  noSpeechProbability: 0.1,
  guards: [],
  timings: { encoderMs: 1, decoderMs: 1 },
  effort: 'fast' as const,
  audioMs: 300,
};

test('redacts words and text together, and drops the tokens that would tell', () => {
  const written = formatTranscript(HEARD, textFormat({ redact: ['digits'] }));
  expect(written).toEqual({
    ...HEARD,
    text: 'pin [digits]',
    tokens: [],
    words: [word('pin', 0), { ...word('[digits]', 100), endMs: 290 }],
  });
  expect(JSON.stringify(written)).not.toMatch(/43|\b19/);
});

test('keeps the tokens of a text that stays as it was', () => {
  expect(formatTranscript(HEARD, textFormat({ profanity: 'mask' })).tokens).toBe(HEARD.tokens);
  expect(formatTranscript(HEARD, DEFAULT_TEXT_FORMAT)).toBe(HEARD);
  const nothing: Transcript = { ...HEARD, text: '', words: [], tokens: [], emptyReason: 'no_speech' };
  expect(formatTranscript(nothing, textFormat({ redact: ['digits'] }))).toBe(nothing);
});
