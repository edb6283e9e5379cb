import type { RecordingSegment, RecordingTranscript } from '@outspoken/recording';
import { DEFAULT_TEXT_FORMAT } from '@outspoken/text';
import { expect, test } from 'vitest';
import { writeTranscription } from '../src/api/openai/transcription-response.ts';

const SEGMENTS: RecordingSegment[] = [
  {
    index: 0,
    startMs: 1_234,
    endMs: 2_500,
    text: 'Grüß Gott.',
    words: [
      { text: 'Grüß', confidence: 0.875, startMs: 1_234, endMs: 1_900, timing: 'estimated' },
      { text: 'Gott.', confidence: 0.625, startMs: 1_900, endMs: 2_500, timing: 'estimated' },
    ],
    tokens: [
      { id: 5, text: ' Grüß', probability: 0.5 },
      { id: 6, text: ' Gott.', probability: 0 },
      { id: 2, text: '', probability: 1 },
    ],
    confidence: 0.75,
    meanLogProbability: Math.log(0.5),
    noSpeechProbability: 0.25,
  },
  {
    index: 1,
    startMs: 3_000,
    endMs: 4_000,
    text: 'again '.repeat(30).trim(),
    words: [],
    tokens: [],
    confidence: 1,
    meanLogProbability: Number.NEGATIVE_INFINITY,
    noSpeechProbability: 0,
  },
];

const TRANSCRIPT: RecordingTranscript = {
  text: SEGMENTS.map(({ text }) => text).join(' '),
  durationMs: 4_321.5,
  speechMs: 2_266,
  segments: SEGMENTS,
  model: 'fake',
  clipPolicyId: 'sha256:0',
  isTruncated: false,
};
const NOTHING: RecordingTranscript = { ...TRANSCRIPT, text: '', segments: [] };
const FIELDS = {
  format: 'json',
  isStreamed: false,
  hasSegments: true,
  hasWords: false,
  hasLogprobs: false,
  text: DEFAULT_TEXT_FORMAT,
  keywords: [],
} as const;

const jsonOf = (transcript: RecordingTranscript, fields: object): Record<string, unknown> =>
  JSON.parse(writeTranscription(transcript, { ...FIELDS, ...fields }, 'en').body);

test('json holds the text and what it cost', () => {
  expect(writeTranscription(TRANSCRIPT, FIELDS, 'en').contentType).toContain('application/json');
  expect(jsonOf(TRANSCRIPT, {})).toEqual({ text: TRANSCRIPT.text, usage: { type: 'duration', seconds: 4.322 } });
});

test('json with logprobs holds the tokens that have a text; no probability is too small for JSON', () => {
  expect(jsonOf(TRANSCRIPT, { hasLogprobs: true })['logprobs']).toEqual([
    { token: ' Grüß', logprob: Math.log(0.5), bytes: [32, 71, 114, 195, 188, 195, 159] },
    { token: ' Gott.', logprob: Math.log(1e-12), bytes: [32, 71, 111, 116, 116, 46] },
  ]);
});

test('verbose_json holds every field that the clients know, in seconds', () => {
  const body = jsonOf(TRANSCRIPT, { format: 'verbose_json' });
  expect(body).toMatchObject({ task: 'transcribe', language: 'english', duration: 4.322, usage: { type: 'duration', seconds: 4.322 } });
  expect(body['words']).toBeUndefined();
  const [first, second] = body['segments'] as Record<string, unknown>[];
  expect(first).toEqual({
    id: 0,
    seek: 123,
    start: 1.234,
    end: 2.5,
    text: 'Grüß Gott.',
    tokens: [5, 6, 2],
    temperature: 0,
    avg_logprob: Math.log(0.5),
    compression_ratio: expect.any(Number),
    no_speech_prob: 0.25,
    confidence: 0.75,
  });
  expect(second?.['avg_logprob']).toBe(Math.log(1e-12));
  expect(first?.['compression_ratio']).toBeLessThan(1);
  // Whisper takes more than 2.4 for a loop.
  expect(second?.['compression_ratio']).toBeGreaterThan(2.4);
});

test('words are there when asked for, marked as what they are; segments go when only words are asked for', () => {
  const both = jsonOf(TRANSCRIPT, { format: 'verbose_json', hasWords: true });
  expect(both['segments']).toHaveLength(2);
  expect(both['words']).toEqual([
    { word: 'Grüß', start: 1.234, end: 1.9, timing: 'estimated', confidence: 0.875 },
    { word: 'Gott.', start: 1.9, end: 2.5, timing: 'estimated', confidence: 0.625 },
  ]);
  expect(jsonOf(TRANSCRIPT, { format: 'verbose_json', hasWords: true, hasSegments: false })['segments']).toBeUndefined();
});

test.each([
  ['text', 'text/plain; charset=utf-8', /^Grüß Gott\. again .*again\n$/],
  ['srt', 'application/x-subrip; charset=utf-8', /^1\n00:00:01,234 --> /],
  ['vtt', 'text/vtt; charset=utf-8', /^WEBVTT\n\n00:00:01\.234 --> /],
] as const)('%s is no JSON, so that clients hand it out as text', (format, contentType, body) => {
  const answer = writeTranscription(TRANSCRIPT, { ...FIELDS, format }, 'en');
  expect(answer.contentType).toBe(contentType);
  expect(answer.body).toMatch(body);
});

test('silence is an empty text, no cue, and no failure', () => {
  expect(jsonOf(NOTHING, { hasLogprobs: true })).toMatchObject({ text: '', logprobs: [] });
  expect(jsonOf(NOTHING, { format: 'verbose_json' })).toMatchObject({ text: '', segments: [], duration: 4.322 });
  expect(writeTranscription(NOTHING, { ...FIELDS, format: 'srt' }, 'en').body).toBe('');
  expect(writeTranscription(NOTHING, { ...FIELDS, format: 'vtt' }, 'en').body).toBe('WEBVTT\n\n');
});

test('says when the file broke off, and only then', () => {
  expect(jsonOf({ ...TRANSCRIPT, isTruncated: true }, {})['is_truncated']).toBe(true);
  expect(jsonOf({ ...TRANSCRIPT, isTruncated: true }, { format: 'verbose_json' })['is_truncated']).toBe(true);
  expect(jsonOf(TRANSCRIPT, {})).not.toHaveProperty('is_truncated');
});

test('the compression ratio is the one that Whisper computes', () => {
  const segments = jsonOf(TRANSCRIPT, { format: 'verbose_json' })['segments'] as { compression_ratio: number }[];
  // len(text.encode()) / len(zlib.compress(text.encode())), Python 3.
  expect(segments.map(({ compression_ratio }) => compression_ratio)).toEqual([12 / 20, 179 / 17]);
});
