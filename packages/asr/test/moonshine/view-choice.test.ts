import { expect, test } from 'vitest';
import type { DecodedClip } from '../../src/moonshine/clip-decoder.ts';
import type { GreedySearchResult } from '../../src/moonshine/greedy-search.ts';
import { Tokenizer } from '../../src/moonshine/tokenizer.ts';
import { TranscriptWriter } from '../../src/moonshine/transcript-writer.ts';
import { ViewChoice } from '../../src/moonshine/view-choice.ts';
import { seededFloats } from '../support/built-graph.ts';
import { parameters, source } from '../support/moonshine-tiny.ts';

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

function choiceOf(views: readonly DecodedClip[], signal?: AbortSignal): ViewChoice {
  const choice = new ViewChoice(signal ? { ...clip, signal } : clip, writer);
  for (const decoded of views) choice.add(decoded);
  return choice;
}

async function chosen(...views: DecodedClip[]): Promise<string> {
  return (await choiceOf(views).choose()).transcript.text;
}

test('takes the text that is most probable for all views together, whatever its own view says', async () => {
  const outvoted = view('yes', { yes: 0.9, no: 0.6 });
  const others = [view('no', { yes: 0.01, no: 0.6 }), view('no', { yes: 0.3, no: 0.4 })];
  expect(await chosen(outvoted, ...others)).toBe('no');
  expect(await chosen(view('yes', { yes: 0.9, no: 0.01 }), view('no', { yes: 0.3, no: 0.6 }))).toBe('yes');
  // Where it ends counts too.
  expect(await chosen(view('yes', { yes: 0.6, no: 0.6, '': 0.2 }), view('yes no', { yes: 0.6, no: 0.6, '': 0.2 }))).toBe('yes');
});

test('reads no text twice, and none where the views agree', async () => {
  const asked: string[][] = [];
  const counted = (words: string): DecodedClip => {
    const plain = view(words);
    return {
      ...plain,
      read: async (ids) => {
        asked.push(ids.map((tokenIds) => texts.decode(tokenIds).join('').trim()));
        return plain.read!(ids);
      },
    };
  };
  await chosen(counted('yes'), counted('yes'));
  expect(asked).toEqual([]);
  const choice = choiceOf([counted('yes'), counted('no')]);
  await choice.choose();
  expect(asked).toEqual([
    ['yes', 'no'],
    ['yes', 'no'],
  ]);
  choice.add(counted('six'));
  await choice.choose();
  expect(asked.slice(2)).toEqual([['six'], ['six'], ['yes', 'no', 'six']]);
  const found = { endLogProbability: Math.log(0.9) };
  const written = { ...view('yes', {}, found), read: counted('yes').read! };
  asked.length = 0;
  await chosen(written, counted('no'));
  // What a search has found on its way is known.
  expect(asked).toEqual([['no'], ['yes', 'no']]);
});

test('is sure where the views agree', async () => {
  const isSure = async (...views: DecodedClip[]) => (await choiceOf(views).choose()).isSure;
  expect(await isSure(view('yes'), view('yes'))).toBe(true);
  expect(await isSure(view(''), view(''))).toBe(true);
  expect(await isSure(view('yes', { yes: 0.9, no: 0.01 }), view('no', { yes: 0.9, no: 0.01 }))).toBe(false);
  expect(await isSure(view(''), view('yes'))).toBe(false);
});

test('one view is sure of what its tokens are, not of a cut text or of silence where a detector heard speech', async () => {
  const isSure = async (decoded: DecodedClip) => (await choiceOf([decoded]).choose()).isSure;
  expect(await isSure(view('yes no', {}, { logProbabilities: [-0.1, -0.1] }))).toBe(true);
  expect(await isSure(view('yes no', {}, { logProbabilities: [-0.1, -0.2] }))).toBe(false);
  expect(await isSure(view('yes no', {}, { logProbabilities: [-0.1, -0.1], hasReachedCap: true }))).toBe(false);
  expect(await isSure(view(''))).toBe(false);
  const unheard = new ViewChoice({ samples }, writer);
  unheard.add(view(''));
  expect((await unheard.choose()).isSure).toBe(true);
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

test('stops between two views when the clip is given up', async () => {
  const over = new AbortController();
  const reason = new Error('somebody else waits');
  let reads = 0;
  const stopping: DecodedClip = {
    ...view('yes'),
    read: async (ids) => {
      reads += 1;
      over.abort(reason);
      return view('yes').read!(ids);
    },
  };
  await expect(choiceOf([stopping, { ...view('no'), read: stopping.read! }], over.signal).choose()).rejects.toBe(reason);
  expect(reads).toBe(1);
});
