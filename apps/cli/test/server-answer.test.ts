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

test('takes over how sure the server is, where it says so', () => {
  const segments = VERBOSE_ANSWER.segments.map((segment) => ({ ...segment, confidence: 0.7 }));
  const words = VERBOSE_ANSWER.words.map((word, index) => ({ ...word, confidence: index / 4 }));
  const document = documentOf('a.wav', readVerboseAnswer(JSON.stringify({ ...VERBOSE_ANSWER, segments, words }), 'm'));
  expect(document.segments.map(({ confidence }) => confidence)).toEqual([0.7, 0.7]);
  expect(document.segments.flatMap((segment) => segment.words.map(({ confidence }) => confidence))).toEqual([0, 0.25, 0.5, 0.75]);
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
