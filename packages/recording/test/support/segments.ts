import fc from 'fast-check';
import type { RecordingSegment } from '../../src/index.ts';

/** A word of a segment under construction. */
export type TimedWord = readonly [text: string, startMs: number, endMs: number];

/** A segment with these words. */
export function segment(words: readonly TimedWord[], text = words.map(([word]) => word).join(' ')): RecordingSegment {
  return {
    index: 0,
    startMs: words.at(0)?.[1] ?? 0,
    endMs: words.at(-1)?.[2] ?? 0,
    text,
    words: words.map(([word, startMs, endMs]) => ({ text: word, startMs, endMs, confidence: 1, timing: 'estimated' })),
    tokens: [],
    confidence: 1,
    meanLogProbability: 0,
    noSpeechProbability: 0,
  };
}

/** A segment that says this evenly, from one time to another. */
export function speech(text: string, startMs: number, endMs: number): RecordingSegment {
  const words = text.split(' ');
  const wordMs = (endMs - startMs) / words.length;
  return segment(words.map((word, index) => [word, startMs + index * wordMs, startMs + (index + 1) * wordMs]));
}

const pieces = fc.oneof(
  fc.constantFrom('I', 'think', 'so.', 'Well,', 'no-one', '-->', '<i>', '&amp;', '&', 'NOTE', 'WEBVTT', '42', 'a\n\nb', ' ', '\u2028'),
  fc.stringMatching(/^[a-z]{1,14}[.,?]?$/),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
);
const durations = fc.oneof(
  { arbitrary: fc.nat({ max: 900 }), weight: 9 },
  { arbitrary: fc.constantFrom(0, 0.4), weight: 5 },
  fc.nat({ max: 20_000 }),
);

const words = fc.record({ text: pieces, pauseMs: fc.constantFrom(0, 0, 0, 0.25, 300), durationMs: durations });

/** Any recording: any words, times in order; segments of one word and words without length are frequent. */
export const recordings: fc.Arbitrary<RecordingSegment[]> = fc
  .array(
    fc.record({
      pauseMs: durations,
      words: fc.oneof(fc.array(words, { maxLength: 60 }), fc.array(words, { minLength: 1, maxLength: 2 })),
    }),
    { maxLength: 5 },
  )
  .map((parts) => {
    let timeMs = 0;
    return parts.map(({ pauseMs, words }) => {
      timeMs += pauseMs;
      const timed = words.map((word): TimedWord => {
        const startMs = timeMs + word.pauseMs;
        timeMs = startMs + word.durationMs;
        return [word.text, startMs, timeMs];
      });
      return segment(timed);
    });
  });

/** What was said, as the pieces that white space leaves. */
export function spokenPieces(segments: readonly RecordingSegment[]): string[] {
  return segments.flatMap(({ text }) => text.split(/\s+/u).filter((piece) => piece !== ''));
}
