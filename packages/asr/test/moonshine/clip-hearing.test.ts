import { expect, test } from 'vitest';
import type { ClipDecoder, ClipOutcome } from '../../src/moonshine/clip-decoder.ts';
import { hearInRounds, isHeardOnce, viewsToDecode } from '../../src/moonshine/clip-hearing.ts';
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

function hearingWith(rounds: readonly (readonly ClipOutcome[])[], maximumBatch = 4) {
  let nowMs = 0;
  let round = 0;
  const decoder: ClipDecoder = {
    graph: 'unsigned',
    maximumRows: maximumBatch,
    decodeEach: async (views, onEnd) => {
      const outcomes = rounds[round] ?? [];
      round += 1;
      expect(views).toHaveLength(outcomes.length);
      for (const [index, outcome] of outcomes.entries()) onEnd(index, outcome);
    },
    close: async () => {},
  };
  return { model: { ...model, maximumBatch }, decoder, writer, now: () => (nowMs += 5) };
}

test('a clip that is heard once keeps nothing for later, one that may be heard again keeps its sound', () => {
  const parts = { model, writer };
  expect(viewsToDecode({ samples: clip.samples }, 0, parts)).toMatchObject([{ samples: clip.samples, keepsSound: false }]);
  const views = [...viewsToDecode(clip, 0, parts), ...viewsToDecode(clip, 1, parts)];
  expect(views.map(({ keepsSound }) => keepsSound)).toEqual([true, true, true]);
  // A slower view is longer, and may have more words.
  expect(views[1]!.maximumTokens).toBeGreaterThanOrEqual(views[0]!.maximumTokens);
  expect(views.every(({ forcesStart }) => !forcesStart)).toBe(true);
  const speech = { voicedMs: 500, peakProbability: 0.9, meanProbability: 0.9 };
  expect(viewsToDecode({ ...clip, speech }, 0, parts).every(({ forcesStart }) => forcesStart)).toBe(true);
  expect([isHeardOnce({ samples: clip.samples }), isHeardOnce(clip)]).toEqual([true, false]);
});

const speech = { voicedMs: 500, peakProbability: 0.9, meanProbability: 0.9 };

test('goes on to the next round only while the text is not sure, and the time of all rounds is that of the clip', async () => {
  // Silence is believed at once.
  expect((await hearInRounds(clip, hearingWith([[decoded(30)]]))).timings).toEqual({ encoderMs: 10, decoderMs: 35 });
  // Unless somebody was heard; then two more views are decoded side by side, or one after the other.
  const rounds = [[decoded(30)], [decoded(40), decoded(50)]];
  expect((await hearInRounds({ ...clip, speech }, hearingWith(rounds))).timings).toEqual({ encoderMs: 30, decoderMs: 35 + 55 });
  expect((await hearInRounds({ ...clip, speech }, hearingWith(rounds, 1))).timings).toEqual({ encoderMs: 30, decoderMs: 35 + 95 });
});

test('a view that fails fails the clip', async () => {
  const error = new Error('the graphs broke');
  const rounds = [[decoded(1)], [decoded(1), { type: 'failed' as const, error }]];
  await expect(hearInRounds({ ...clip, speech }, hearingWith(rounds))).rejects.toBe(error);
});
