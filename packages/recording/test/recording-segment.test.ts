import type { Transcript, Word } from '@outspoken/asr';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutRecording, deltaOf, joinText, type RecordingClip, type RecordingSegment, segmentOf } from '../src/index.ts';
import { createDetector, inChunks, readDemoRecording, SPLITTING_POLICY } from './support/speech.ts';

const SEED = 20_261_125;

function word(text: string, startMs: number, endMs: number): Word {
  return { text, startMs, endMs, confidence: 0.9, timing: 'estimated' };
}

function transcript(words: readonly Word[], text = words.map((each) => each.text).join(' ')): Transcript {
  const tokens = [{ id: 7, text: ` ${text}`, probability: 0.8 }];
  const timings = { encoderMs: 1, decoderMs: 1 };
  return {
    text,
    words,
    tokens,
    confidence: 0.8,
    meanLogProbability: -0.2,
    noSpeechProbability: 0.01,
    guards: [],
    timings,
    audioMs: 3000,
    effort: 'fast',
  };
}

const CLIP: RecordingClip = {
  index: 4,
  startSample: 160_000,
  speechStartSample: 168_000,
  speechEndSample: 195_000,
  endSample: 198_072,
  samples: new Float32Array(38_072),
  continues: false,
  evidence: { voicedMs: 1600, peakProbability: 0.99, meanProbability: 0.9 },
  levelDbfs: -20,
};

test('moves a clip to its place in the recording, without the silence kept around the speech', () => {
  const heard = transcript([word('Hello,', 510, 900), word('world.', 900, 1500)]);
  expect(segmentOf(CLIP, heard, 3)).toEqual({
    index: 3,
    startMs: 10_500,
    endMs: 12_187,
    text: 'Hello, world.',
    words: [word('Hello,', 10_510, 10_900), word('world.', 10_900, 11_500)],
    tokens: heard.tokens,
    confidence: 0.8,
    meanLogProbability: -0.2,
    noSpeechProbability: 0.01,
  });
});

test('makes no segment of a clip in which nothing was said', () => {
  expect(segmentOf(CLIP, { ...transcript([]), emptyReason: 'no_speech' }, 0)).toBeUndefined();
});

test('keeps words inside the speech, in order, without overlap, whatever the estimate was', () => {
  const times = fc.integer({ min: -500, max: 4_000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(times, times), { minLength: 1, maxLength: 12 }), (spans) => {
      const segment = segmentOf(CLIP, transcript(spans.map(([startMs, endMs]) => word('so', startMs, endMs))), 0)!;
      const places = segment.words.flatMap(({ startMs, endMs }) => [startMs, endMs]);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(places.at(0)).toBeGreaterThanOrEqual(segment.startMs);
      expect(places.at(-1)).toBeLessThanOrEqual(segment.endMs);
    }),
    { seed: SEED },
  );
});

test('segments of a recording with splits follow one another and end with it', async () => {
  const samples = (await readDemoRecording()).subarray(0, 150_007);
  const segments: RecordingSegment[] = [];
  let splits = 0;
  for await (const event of cutRecording(inChunks(samples, [16_000]), await createDetector(SPLITTING_POLICY))) {
    if (event.type !== 'clip') continue;
    segments.push(segmentOf(event.clip, transcript([word('so', 0, 3000)]), segments.length)!);
    splits += event.clip.continues ? 1 : 0;
  }
  expect(splits).toBeGreaterThan(0);
  for (const [index, { startMs, endMs }] of segments.entries()) {
    expect(Number.isInteger(startMs) && Number.isInteger(endMs)).toBe(true);
    expect(startMs).toBeLessThan(endMs);
    expect(startMs).toBeGreaterThanOrEqual(segments[index - 1]?.endMs ?? 0);
  }
  expect(segments.at(-1)?.endMs).toBeLessThanOrEqual(samples.length / 16);
});

test('the deltas of a recording make up its text', () => {
  expect(joinText([])).toBe('');
  fc.assert(
    fc.property(fc.array(fc.record({ text: fc.string({ unit: 'grapheme', minLength: 1 }) })), (segments) => {
      expect(segments.map((segment, index) => deltaOf(segment, index === 0)).join('')).toBe(joinText(segments));
    }),
    { seed: SEED },
  );
  expect(joinText([{ text: 'Yes.' }, { text: 'No.' }])).toBe('Yes. No.');
});
