import { expect, test } from 'vitest';
import type { ClipDecoder, ClipOutcome } from '../../src/moonshine/clip-decoder.ts';
import { hearViews, viewsToDecode } from '../../src/moonshine/clip-hearing.ts';
import { Tokenizer } from '../../src/moonshine/tokenizer.ts';
import { TranscriptWriter } from '../../src/moonshine/transcript-writer.ts';
import { seededFloats } from '../support/built-graph.ts';
import { parameters, source } from '../support/moonshine-tiny.ts';

const writer = new TranscriptWriter(new Tokenizer(source.files.vocabulary), parameters);
const clip = { samples: seededFloats(16_000, 1), effort: 'balanced' as const };
const model = {
  id: 'm',
  version: '1',
  family: 'moonshine',
  sampleRateHz: 16_000,
  minimumSamples: 1600,
  maximumSamples: 480_000,
  graph: 'unsigned' as const,
  maximumBatch: 4,
};
const found = { tokenIds: [], logProbabilities: [], endProbabilityAtStart: 0.5, hasForcedStart: false, hasReachedCap: false };
const decoded = (decoderMs: number): ClipOutcome => ({ type: 'decoded', clip: { found, timings: { encoderMs: 10, decoderMs } } });

function hearingWith(outcomes: readonly ClipOutcome[], maximumBatch = 4) {
  let nowMs = 0;
  const decoder: ClipDecoder = {
    graph: 'unsigned',
    maximumRows: maximumBatch,
    decodeEach: async (views, onEnd) => {
      expect(views).toHaveLength(outcomes.length);
      for (const [index, outcome] of outcomes.entries()) onEnd(index, outcome);
    },
    close: async () => {},
  };
  return { model: { ...model, maximumBatch }, decoder, writer, now: () => (nowMs += 5) };
}

test('a clip that is heard once keeps nothing for later, one that is heard in views keeps their sound', () => {
  expect(viewsToDecode({ samples: clip.samples }, { model, writer })).toMatchObject([{ samples: clip.samples, keepsSound: false }]);
  const views = viewsToDecode(clip, { model, writer });
  expect(views.map(({ keepsSound }) => keepsSound)).toEqual([true, true]);
  // A slower view is longer, and may have more words.
  expect(views[1]!.maximumTokens).toBeGreaterThanOrEqual(views[0]!.maximumTokens);
  expect(views.every(({ forcesStart }) => !forcesStart)).toBe(true);
  const speech = { voicedMs: 500, peakProbability: 0.9, meanProbability: 0.9 };
  expect(viewsToDecode({ ...clip, speech }, { model, writer }).every(({ forcesStart }) => forcesStart)).toBe(true);
});

test('the time of all views is that of the clip, and choosing takes time too', async () => {
  const outcomes = [decoded(30), decoded(40)];
  const views = viewsToDecode(clip, { model, writer });
  expect((await hearViews(clip, views, hearingWith(outcomes))).timings).toEqual({ encoderMs: 20, decoderMs: 45 });
  expect((await hearViews(clip, views, hearingWith(outcomes, 1))).timings).toEqual({ encoderMs: 20, decoderMs: 75 });
});

test('a view that fails fails the clip', async () => {
  const error = new Error('the graphs broke');
  const views = viewsToDecode(clip, { model, writer });
  await expect(hearViews(clip, views, hearingWith([decoded(1), { type: 'failed', error }]))).rejects.toBe(error);
});
