import { expect, test } from 'vitest';
import { type BranchingDecoder, foundIn, type NextCandidates, searchBeam } from '../../src/moonshine/beam-search.ts';
import { NotANumberError } from '../../src/moonshine/greedy-search.ts';
import { KeywordTree } from '../../src/moonshine/keyword-tree.ts';
import { Tokenizer } from '../../src/moonshine/tokenizer.ts';
import { source } from '../support/moonshine-tiny.ts';

const END = 2;
const tokenizer = new Tokenizer(source.files.vocabulary);
const tokenOf = (word: string): number => {
  const ids = tokenizer.encode(` ${word}`);
  if (ids.length !== 1) throw new RangeError(`${word} is ${ids.length} tokens`);
  return ids[0]!;
};
const textOf = (ids: readonly number[]): string => tokenizer.decode(ids).join('').trim();

/** What follows each text, by word; `.` is the end. */
type Language = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A decoder of a small language; it remembers what it was asked to go on with. */
function decoderOf(language: Language): BranchingDecoder & { readonly rowCounts: number[] } {
  let texts: readonly (readonly number[])[] = [];
  const rowCounts: number[] = [];
  return {
    rowCounts,
    step: async (branches) => {
      rowCounts.push(branches.length);
      texts = branches.map(({ row, tokenId }) => (texts.length === 0 ? [] : [...texts[row]!, tokenId]));
      return texts.map((text): NextCandidates => {
        const next = Object.entries(language[textOf(text)] ?? { '.': 1 }).sort(([, a], [, b]) => b - a);
        return {
          tokenIds: next.map(([word]) => (word === '.' ? END : tokenOf(word))),
          probabilities: next.map(([, probability]) => probability),
          endProbability: next.find(([word]) => word === '.')?.[1] ?? 0,
        };
      });
    },
  };
}

const options = { startTokenId: 1, endTokenId: END, maximumTokens: 20, forcesStart: false, width: 4 };
const textsOf = async (language: Language, changes: object = {}): Promise<string[]> =>
  (await searchBeam(decoderOf(language), { ...options, ...changes })).map(({ found }) => textOf(found.tokenIds));

const FORK: Language = {
  '': { the: 0.6, a: 0.4 },
  the: { cat: 0.5, dog: 0.5 },
  a: { man: 0.99, '.': 0.01 },
};

test('finds the text that is the most probable as a whole', async () => {
  const texts = await searchBeam(decoderOf(FORK), options);
  expect(texts.map(({ found }) => textOf(found.tokenIds))).toEqual(['a man', 'the cat', 'the dog']);
  expect(texts[0]!.logProbability).toBeCloseTo(Math.log(0.4 * 0.99));
  expect(foundIn(texts)).toMatchObject({ hasForcedStart: false, hasReachedCap: false });
  expect(foundIn(texts).logProbabilities.map(Math.exp)).toEqual([expect.closeTo(0.4), expect.closeTo(0.99)]);
});

test('one text wide it is greedy', async () => {
  expect(await textsOf(FORK, { width: 1 })).toEqual(['the cat']);
});

test('goes on with the greedy text however much better the others are for a while', async () => {
  const language: Language = {
    '': { one: 0.3, two: 0.25, red: 0.25, blue: 0.2 },
    one: { man: 0.05, dog: 0.04 },
    two: { man: 0.9 },
    red: { man: 0.9 },
    blue: { man: 0.9 },
    'two man': { on: 0.9 },
    'red man': { on: 0.9 },
    'blue man': { on: 0.9 },
  };
  expect(await textsOf(language)).toContain('one man');
});

test('a text ends only where that is the most probable', async () => {
  const language: Language = { '': { the: 1 }, the: { cat: 0.1, '.': 0.09 }, 'the cat': { '.': 1 } };
  expect(await textsOf(language)).toEqual(['the cat']);
});

test('a text that ends long before the greedy one does not win, and does not stop it', async () => {
  const words = 'one two three four five six seven eight nine ten and then red blue dog cat man'.split(' ');
  const language: Record<string, Record<string, number>> = { '': { one: 0.6, yes: 0.4 }, yes: { '.': 1 } };
  for (const place of words.keys()) {
    if (place > 0) language[words.slice(0, place).join(' ')] = { [words[place]!]: 0.8 };
  }
  expect(await textsOf(language)).toEqual([words.join(' ')]);
});

test('takes a keyword where the sound leaves a choice, and says what it is worth', async () => {
  const keywords = new KeywordTree(['the dog'], tokenizer, { perToken: 1, maximum: 4 });
  const texts = await searchBeam(decoderOf({ ...FORK, the: { cat: 0.8, dog: 0.2 } }), { ...options, keywords });
  expect(textOf(foundIn(texts).tokenIds)).toBe('the dog');
  expect(texts[0]).toMatchObject({ logProbability: expect.closeTo(Math.log(0.6 * 0.2)), bonus: 2 });
  // What was heard is told as it was heard.
  expect(foundIn(texts).logProbabilities.map(Math.exp)).toEqual([expect.closeTo(0.6), expect.closeTo(0.2)]);
});

test('looks for a keyword beyond the most probable tokens', async () => {
  const language: Language = { '': { one: 0.3, two: 0.2, red: 0.2, blue: 0.2, dog: 0.1 } };
  const keywords = new KeywordTree(['dog'], tokenizer, { perToken: 3, maximum: 4 });
  expect((await textsOf(language, { keywords }))[0]).toBe('dog');
  expect((await textsOf(language, { keywords, width: 2 }))[0]).toBe('dog');
});

test('a keyword that is only begun is worth nothing', async () => {
  const keywords = new KeywordTree(['dog house'], tokenizer, { perToken: 5, maximum: 10 });
  expect((await textsOf({ '': { cat: 0.9, dog: 0.1 } }, { keywords }))[0]).toBe('cat');
});

test('a text may not end at once when somebody is known to have spoken', async () => {
  const language: Language = { '': { '.': 0.8, yes: 0.15, no: 0.05 } };
  expect(await textsOf(language)).toContain('');
  const texts = await searchBeam(decoderOf(language), { ...options, forcesStart: true });
  expect(foundIn(texts)).toMatchObject({ hasForcedStart: true, endProbabilityAtStart: 0.8 });
  expect(textOf(foundIn(texts).tokenIds)).toBe('yes');
  // Of what is left when the end is forbidden.
  expect(foundIn(texts).logProbabilities.map(Math.exp)).toEqual([expect.closeTo(0.75)]);
});

test('a text that does not end is cut at the cap', async () => {
  const endless: BranchingDecoder = {
    step: async (branches) => branches.map(() => ({ tokenIds: [tokenOf('and')], probabilities: [1], endProbability: 0 })),
  };
  const found = foundIn(await searchBeam(endless, { ...options, maximumTokens: 5 }));
  expect(found).toMatchObject({ hasReachedCap: true });
  expect(found.tokenIds).toHaveLength(5);
  expect(foundIn(await searchBeam(endless, { ...options, maximumTokens: 0 })).tokenIds).toEqual([]);
});

test('texts that are hopeless beside one that has ended are given up', async () => {
  const decoder = decoderOf({ '': { yes: 0.99, and: 0.01 }, and: { and: 0.5 } });
  await searchBeam(decoder, options);
  expect(decoder.rowCounts).toEqual([1, 2]);
});

test('stops between two steps when it is cancelled', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  let steps = 0;
  const decoder: BranchingDecoder = {
    step: async (branches) => {
      steps += 1;
      if (steps === 3) controller.abort(reason);
      return branches.map(() => ({ tokenIds: [tokenOf('and')], probabilities: [1], endProbability: 0 }));
    },
  };
  await expect(searchBeam(decoder, { ...options, signal: controller.signal })).rejects.toBe(reason);
  expect(steps).toBe(3);
});

test('refuses what is not a number', async () => {
  const decoder: BranchingDecoder = { step: async () => [{ tokenIds: [0], probabilities: [Number.NaN], endProbability: Number.NaN }] };
  await expect(searchBeam(decoder, options)).rejects.toThrow(NotANumberError);
});
