import { expect, test } from 'vitest';
import type { ClipDecoder, ClipOutcome } from '../../src/moonshine/clip-decoder.ts';
import { hearInRounds, isHeardOnce, viewsToDecode } from '../../src/moonshine/clip-hearing.ts';
import { KeywordTrees } from '../../src/moonshine/keyword-trees.ts';
import { Tokenizer } from '../../src/moonshine/tokenizer.ts';
import { TranscriptWriter } from '../../src/moonshine/transcript-writer.ts';
import { seededFloats } from '../support/built-graph.ts';
import { parameters, source } from '../support/moonshine-tiny.ts';

const tokenizer = new Tokenizer(source.files.vocabulary);
const writer = new TranscriptWriter(tokenizer, parameters);
const keywordTrees = new KeywordTrees(tokenizer, { perToken: 1, maximum: 4 });
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
  return { model: { ...model, maximumBatch }, decoder, writer, keywordTrees, viewLimits: model, now: () => (nowMs += 5) };
}

test('a clip that is heard once keeps nothing for later, one that may be heard again keeps its sound', () => {
  const parts = { viewLimits: model, writer, keywordTrees };
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

test('the clip as it is looks for its keywords, for other texts when they are asked for, and otherwise for neither', () => {
  const parts = { viewLimits: model, writer, keywordTrees };
  const beams = (asked: object): boolean[] =>
    [0, 1].flatMap((round) => viewsToDecode({ ...clip, ...asked }, round, parts)).map(({ beam }) => beam !== undefined);
  expect(beams({})).toEqual([false, false, false]);
  expect(beams({ keywords: [' ', ''] })).toEqual([false, false, false]);
  expect(beams({ keywords: ['Thornton'] })).toEqual([true, false, false]);
  expect(beams({ alternatives: 2 })).toEqual([true, false, false]);
  expect(() => beams({ alternatives: 5 })).toThrow(RangeError);
  expect(() => beams({ keywords: ['x'.repeat(101)] })).toThrow('keywords[0]');
  // Its texts fill the rows of the decoder by themselves.
  const { samples } = clip;
  expect([
    isHeardOnce({ samples, keywords: [] }),
    isHeardOnce({ samples, keywords: ['a'] }),
    isHeardOnce({ samples, alternatives: 1 }),
  ]).toEqual([true, false, false]);
});

test('tells as many other texts as were asked for', async () => {
  const text = (word: string, logProbability: number) => {
    const tokenIds = tokenizer.encode(` ${word}`);
    return { found: { ...found, tokenIds, logProbabilities: tokenIds.map(() => -0.1) }, logProbability, bonus: 0 };
  };
  const texts = [text('Yes.', -1), text('Yes. ', -2), text('', -3), text('Yet.', -4), text('Nest.', -5)];
  const outcome: ClipOutcome = { type: 'decoded', clip: { found: texts[0]!.found, texts, timings: { encoderMs: 1, decoderMs: 1 } } };
  const { alternatives } = await hearInRounds({ samples: clip.samples, alternatives: 2 }, hearingWith([[outcome]]));
  expect(alternatives).toEqual([
    { text: 'Yes.', logProbability: -1 },
    { text: 'Yet.', logProbability: -4 },
  ]);
});
