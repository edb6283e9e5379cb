import { expect, test } from 'vitest';
import type { DecodedClip } from '../../src/moonshine/clip-decoder.ts';
import type { GreedySearchResult } from '../../src/moonshine/greedy-search.ts';
import { Tokenizer } from '../../src/moonshine/tokenizer.ts';
import { TranscriptWriter } from '../../src/moonshine/transcript-writer.ts';
import { chooseView, viewsOf } from '../../src/moonshine/views.ts';
import { seededFloats } from '../support/built-graph.ts';
import { parameters, source } from '../support/moonshine-tiny.ts';

const LIMITS = { sampleRateHz: 16_000, minimumSamples: 1600, maximumSamples: 480_000 };
const samples = seededFloats(16_000, 1);

const texts = new Tokenizer(source.files.vocabulary);
const writer = new TranscriptWriter(texts, parameters);
const clip = { samples, speech: { voicedMs: 800, peakProbability: 0.99, meanProbability: 0.95 } };

/** The token of a word of the vocabulary. */
function tokenOf(word: string): number {
  const id = Array.from({ length: 32_000 }, (_, index) => index).find((index) => texts.decode([index])[0] === ` ${word}`);
  if (id === undefined) throw new RangeError(`no token for ${word}`);
  return id;
}

/** A view in which a text was found, and how probable it finds each word. */
function view(words: string, probabilities: Readonly<Record<string, number>> = {}, found: Partial<GreedySearchResult> = {}): DecodedClip {
  const tokenIds = words === '' ? [] : words.split(' ').map(tokenOf);
  return {
    found: {
      tokenIds,
      logProbabilities: tokenIds.map(() => -0.1),
      endProbabilityAtStart: 0.1,
      hasForcedStart: false,
      hasReachedCap: false,
      ...found,
    },
    timings: { encoderMs: 1, decoderMs: 1 },
    read: async (asked) =>
      asked.map((ids) => ({
        logProbabilities: ids.map((id) => Math.log(probabilities[texts.decode([id])[0]!.trim()] ?? 0.5)),
        endLogProbability: Math.log(probabilities[''] ?? 0.9),
      })),
  };
}

async function chosen(...views: DecodedClip[]): Promise<string> {
  return (await chooseView(views, clip, writer)).text;
}

test('hears a clip once, twice or four times, first as it is', () => {
  expect(viewsOf(samples, 'fast', LIMITS)).toEqual([samples]);
  expect(viewsOf(samples, 'balanced', LIMITS)).toHaveLength(2);
  const views = viewsOf(samples, 'best', LIMITS);
  expect(views).toHaveLength(4);
  expect(views[0]).toBe(samples);
  // At 0.94 and 1.06 of the speed, and 10 ms later.
  expect(views.map(({ length }) => length)).toEqual([16_000, Math.floor(16_000 / 0.94), Math.floor(16_000 / 1.06), 15_840]);
  expect(views[3]).toEqual(samples.subarray(160));
});

test('keeps the pitch and the level of speech that it slows down where they belong', () => {
  const tone = Float32Array.from({ length: 16_000 }, (_, index) => 0.5 * Math.sin((2 * Math.PI * 400 * index) / 16_000));
  const slower = viewsOf(tone, 'balanced', LIMITS)[1]!;
  const crossings = slower.reduce((count, value, index) => count + (index > 0 && value >= 0 && slower[index - 1]! < 0 ? 1 : 0), 0);
  expect(crossings).toBeGreaterThanOrEqual(399);
  expect(crossings).toBeLessThanOrEqual(401);
  expect(Math.max(...slower.subarray(1000, 16_000))).toBeCloseTo(0.5, 2);
});

test('leaves out views that the model does not take', () => {
  expect(viewsOf(samples.subarray(0, 1600), 'best', LIMITS).map(({ length }) => length)).toEqual([1600, Math.floor(1600 / 0.94)]);
  const longest = new Float32Array(480_000);
  expect(viewsOf(longest, 'best', LIMITS).every(({ length }) => length <= 480_000)).toBe(true);
  expect(viewsOf(longest, 'best', LIMITS)[0]).toBe(longest);
});

test('takes the text that is most probable for all views together, whatever its own view says', async () => {
  const outvoted = view('yes', { yes: 0.9, no: 0.6 });
  const others = [view('no', { yes: 0.01, no: 0.6 }), view('no', { yes: 0.3, no: 0.4 })];
  expect(await chosen(outvoted, ...others)).toBe('no');
  expect(await chosen(view('yes', { yes: 0.9, no: 0.01 }), view('no', { yes: 0.3, no: 0.6 }))).toBe('yes');
  // Where it ends counts too.
  expect(await chosen(view('yes', { yes: 0.6, no: 0.6, '': 0.2 }), view('yes no', { yes: 0.6, no: 0.6, '': 0.2 }))).toBe('yes');
});

test('reads nothing where the views agree or there is only one', async () => {
  const unread: DecodedClip = {
    ...view('yes'),
    read: () => {
      throw new Error('read');
    },
  };
  expect(await chosen(unread, unread)).toBe('yes');
  expect(await chosen(unread)).toBe('yes');
});

test('stops between two views when the clip is given up', async () => {
  const abort = new AbortController();
  const first: DecodedClip = {
    ...view('yes'),
    read: async (asked) => {
      abort.abort(new Error('enough'));
      return asked.map(() => ({ logProbabilities: [-1], endLogProbability: -1 }));
    },
  };
  const second: DecodedClip = {
    ...view('no'),
    read: () => {
      throw new Error('read');
    },
  };
  await expect(chooseView([first, second], { ...clip, signal: abort.signal }, writer)).rejects.toThrow('enough');
});

test('takes a text that was cut only where there is no other', async () => {
  const cut = view('no no no', { yes: 0.1, no: 0.9 }, { hasReachedCap: true });
  expect(await chosen(view('yes', { yes: 0.1, no: 0.9 }), cut)).toBe('yes');
  expect(await chosen(cut)).toMatch(/^no/);
});

test('has no text where most views have none', async () => {
  expect(await chosen(view(''), view(''), view(''), view('yes'))).toBe('');
  expect(await chosen(view(''), view(''), view('yes'), view('yes'))).toBe('yes');
  expect(await chosen(view(''), view('yes'))).toBe('yes');
});
