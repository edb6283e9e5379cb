import { expect, test } from 'vitest';
import { documentOf } from '../src/output/transcript-document.ts';
import { readFirstModel, readRefusal, readVerboseAnswer } from '../src/transcriber/server-answer.ts';
import { VERBOSE_ANSWER } from './support/speech-server.ts';

test('reads a transcript, and gives each segment its words', () => {
  const document = documentOf('a.wav', readVerboseAnswer(JSON.stringify(VERBOSE_ANSWER), 'moonshine-tiny'));
  expect(document).toMatchObject({
    text: 'Hello there. Good bye.',
    durationMs: 3500,
    speechMs: null,
    clipPolicyId: null,
    isTruncated: false,
    model: 'moonshine-tiny',
    segments: [
      { startMs: 200, endMs: 1400, text: 'Hello there.', confidence: expect.closeTo(0.9), noSpeechProbability: 0.01 },
      { startMs: 2000, endMs: 3000, text: 'Good bye.' },
    ],
  });
  expect(document.segments.map(({ words }) => words.map(({ text }) => text))).toEqual([
    ['Hello', 'there.'],
    ['Good', 'bye.'],
  ]);
  expect(document.segments[0]!.words[0]).toEqual({ text: 'Hello', startMs: 200, endMs: 800, confidence: null, timing: 'estimated' });
});

test('loses no word that begins before its segment', () => {
  const words = [{ word: 'Hello', start: 0.1, end: 0.8 }];
  const { transcript } = readVerboseAnswer(JSON.stringify({ ...VERBOSE_ANSWER, words }), 'm');
  expect(transcript.segments[0]!.words).toMatchObject([{ text: 'Hello', timing: 'aligned' }]);
});

test('knows that a file broke off', () => {
  expect(readVerboseAnswer(JSON.stringify({ ...VERBOSE_ANSWER, is_truncated: true }), 'm').transcript.isTruncated).toBe(true);
});

test.each(['<html>', '[]', '{}', '{"duration":"3","text":""}', '{"duration":1,"text":"","segments":{}}'])('refuses %s', (text) => {
  expect(() => readVerboseAnswer(text, 'm')).toThrow(expect.objectContaining({ code: 'server_answer' }));
});

test('reads the first model, and says that there is none', () => {
  expect(readFirstModel('{"object":"list","data":[{"id":"moonshine-tiny"},{"id":"other"}]}')).toBe('moonshine-tiny');
  expect(() => readFirstModel('{"data":[]}')).toThrow('the server has no model ready, try again in a moment');
});

test('reads why a server refused', () => {
  expect(readRefusal('{"error":{"message":"too long","type":"x","param":null,"code":null}}')).toBe('too long');
  expect([readRefusal('<html>'), readRefusal('{}'), readRefusal('{"error":"no"}')]).toEqual([undefined, undefined, undefined]);
});
