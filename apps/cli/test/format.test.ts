import { expect, test } from 'vitest';
import { FORMAT_NAMES, FORMATS, render } from '../src/output/format.ts';
import { documentOf } from '../src/output/transcript-document.ts';
import { resultOf } from './support/results.ts';

const RESULT = resultOf('Hello.', 'Good bye.');

test('writes text on a line', () => {
  expect(render('text', 'a.wav', RESULT)).toBe('Hello. Good bye.\n');
});

test('writes subtitles', () => {
  expect(render('srt', 'a.wav', RESULT)).toMatch(/^1\n00:00:00,000 --> 00:00:00,900\nHello\.\n\n2\n/);
  expect(render('vtt', 'a.wav', RESULT)).toMatch(/^WEBVTT\n\n00:00:00\.000 --> /);
});

test('writes the same document readable and on one line', () => {
  const [json, line] = [render('json', 'a.wav', RESULT), render('jsonl', 'a.wav', RESULT)];
  expect(JSON.parse(json)).toEqual(documentOf('a.wav', RESULT));
  expect(JSON.parse(line)).toEqual(JSON.parse(json));
  expect(line.trimEnd()).not.toContain('\n');
});

test('says nothing of silence, in every format', () => {
  const silence = resultOf();
  expect(render('text', 'a.wav', silence)).toBe('');
  expect(render('srt', 'a.wav', silence)).toBe('');
  expect(render('vtt', 'a.wav', silence)).toBe('WEBVTT\n\n');
  expect(JSON.parse(render('json', 'a.wav', silence))).toMatchObject({ text: '', segments: [] });
});

test('every format has an ending of its own', () => {
  expect(new Set(FORMAT_NAMES.map((name) => FORMATS[name].extension)).size).toBe(FORMAT_NAMES.length);
});
