import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cue, cuesOf } from '../src/cue.ts';
import { recordings, segment, speech, spokenPieces } from './support/segments.ts';

const SEED = 20_261_125;
const SETTINGS = { seed: SEED, numRuns: 300 };

function textsOf(cues: readonly Cue[]): string[] {
  return cues.map(({ lines }) => lines.join(' '));
}

test('says every word of any recording once, in order', () => {
  fc.assert(
    fc.property(recordings, (segments) => {
      const shown = cuesOf(segments).flatMap(({ lines }) => lines.flatMap((line) => line.split(' ')));
      expect(shown).toEqual(spokenPieces(segments));
    }),
    SETTINGS,
  );
});

test('shows one cue after another, each for a millisecond to 7 s', () => {
  fc.assert(
    fc.property(recordings, (segments) => {
      let earliestMs = 0;
      for (const { startMs, endMs } of cuesOf(segments)) {
        expect(Number.isInteger(startMs) && Number.isInteger(endMs)).toBe(true);
        expect(startMs).toBeGreaterThanOrEqual(earliestMs);
        expect(endMs - startMs).toBeGreaterThanOrEqual(1);
        expect(endMs - startMs).toBeLessThanOrEqual(7_000);
        earliestMs = endMs;
      }
    }),
    SETTINGS,
  );
});

test('fills at most two lines of 42 characters, unless a single word is longer', () => {
  fc.assert(
    fc.property(recordings, (segments) => {
      for (const { lines } of cuesOf(segments)) {
        expect([1, 2]).toContain(lines.length);
        expect(lines.every((line) => line !== '' && line.trim() === line)).toBe(true);
        const isLongWord = lines.length === 1 && !lines[0]!.includes(' ');
        expect(isLongWord || lines.every((line) => line.length <= 42)).toBe(true);
      }
    }),
    SETTINGS,
  );
});

describe('a cue ends', () => {
  test('with the sentence rather than where it is full', () => {
    const said = 'The house was empty when we came back. Nobody had told us that they would leave so early in the morning.';
    expect(textsOf(cuesOf([speech(said, 0, 8_000)]))).toEqual([
      'The house was empty when we came back.',
      'Nobody had told us that they would leave so early in the morning.',
    ]);
  });

  test('with the clause where no sentence ends', () => {
    const said = 'when the first of the ships had come in from the open sea, everybody on the pier began to wave and to shout';
    expect(textsOf(cuesOf([speech(said, 0, 8_000)]))).toEqual([
      'when the first of the ships had come in from the open sea,',
      'everybody on the pier began to wave and to shout',
    ]);
  });

  test('in the middle where nothing ends, not with a word left over', () => {
    const said = 'we went down to the river and then along the bank until we came to the old bridge behind the mill';
    const cues = cuesOf([speech(said, 0, 6_000)]);
    expect(cues).toHaveLength(2);
    expect(Math.min(...textsOf(cues).map((text) => text.length))).toBeGreaterThan(said.length / 3);
  });

  test('where slow speech has lasted 7 s', () => {
    const cues = cuesOf([speech('one two three four five six', 0, 12_000)]);
    expect(textsOf(cues)).toEqual(['one two three', 'four five six']);
  });

  test('with its segment, however short', () => {
    expect(cuesOf([speech('Yes.', 200, 600), speech('No.', 900, 1_300)])).toEqual([
      { startMs: 200, endMs: 600, lines: ['Yes.'] },
      { startMs: 900, endMs: 1_300, lines: ['No.'] },
    ]);
  });
});

test('keeps short sentences together', () => {
  expect(textsOf(cuesOf([speech('Yes. I know. We all do.', 0, 2_000)]))).toEqual(['Yes. I know. We all do.']);
});

test('breaks the line at the word nearest the middle', () => {
  const [cue] = cuesOf([speech('All of our representatives are currently busy at the moment.', 0, 4_000)]);
  expect(cue?.lines).toEqual(['All of our representatives are', 'currently busy at the moment.']);
});

test('ends a cue after 7 s when a single word is said to last longer', () => {
  expect(cuesOf([segment([['Well.', 1_000, 12_000]])])).toEqual([{ startMs: 1_000, endMs: 8_000, lines: ['Well.'] }]);
});

test('gives words without length a millisecond each, and moves those after them', () => {
  const crowded = [500, 500, 500.4].map((timeMs) => segment([['so', timeMs, timeMs]]));
  expect(cuesOf(crowded).map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
    [500, 501],
    [501, 502],
    [502, 503],
  ]);
});

test('shows the text of a segment without words over its whole time', () => {
  const untimed = { ...segment([], 'no words here'), startMs: 500, endMs: 2_000 };
  expect(cuesOf([untimed])).toEqual([{ startMs: 500, endMs: 2_000, lines: ['no words here'] }]);
});
