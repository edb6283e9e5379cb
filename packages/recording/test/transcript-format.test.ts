import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cuesOf } from '../src/cue.ts';
import { formatSrt, formatText, formatVtt } from '../src/index.ts';
import { recordings, speech } from './support/segments.ts';

const SEED = 20_261_125;
const SETTINGS = { seed: SEED, numRuns: 300 };
const HELLO = [speech('Hello, world.', 0, 1_000), speech('a < b & b > c --> done', 61_001, 62_345)];

interface ParsedCue {
  readonly id: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
  readonly lines: readonly string[];
}

/** Reads blocks as the players do: they end with an empty line; the first line with an arrow bears the times. */
function parseCues(body: string, separator: ',' | '.'): ParsedCue[] {
  const blocks = body.split('\n\n');
  expect(blocks.pop()).toBe('');
  return blocks.map((block) => {
    const lines = block.split('\n');
    const timesAt = lines.findIndex((line) => line.includes('-->'));
    const [start = '', arrow, end = '', ...rest] = (lines[timesAt] ?? '').split(' ');
    expect([arrow, ...rest]).toEqual(['-->']);
    return {
      id: lines[timesAt - 1],
      startMs: parseTime(start, separator),
      endMs: parseTime(end, separator),
      lines: lines.slice(timesAt + 1),
    };
  });
}

function parseTime(text: string, separator: ',' | '.'): number {
  const [, hours, minutes, seconds, milliseconds] = new RegExp(`^(\\d{2,}):([0-5]\\d):([0-5]\\d)\\${separator}(\\d{3})$`).exec(text) ?? [];
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(milliseconds);
}

function unescapeVtt(line: string): string {
  return line.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}

test('writes the text on one line', () => {
  expect(formatText(HELLO)).toBe('Hello, world. a < b & b > c --> done\n');
  expect(formatText([])).toBe('');
});

describe('SubRip', () => {
  test('numbers the cues from 1', () => {
    expect(formatSrt(HELLO)).toBe(
      '1\n00:00:00,000 --> 00:00:01,000\nHello, world.\n\n2\n00:01:01,001 --> 00:01:02,345\na < b & b > c --> done\n\n',
    );
  });

  test('is empty when nothing was said', () => {
    expect(formatSrt([])).toBe('');
  });

  test('gives back the cues of any recording', () => {
    fc.assert(
      fc.property(recordings, (segments) => {
        const expected = cuesOf(segments).map((cue, index) => ({ id: String(index + 1), ...cue }));
        expect(parseCues(formatSrt(segments), ',')).toEqual(expected);
      }),
      SETTINGS,
    );
  });
});

describe('WebVTT', () => {
  test('escapes what is markup there', () => {
    expect(formatVtt(HELLO)).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello, world.\n\n' +
        '00:01:01.001 --> 00:01:02.345\na &lt; b &amp; b &gt; c --&gt; done\n\n',
    );
  });

  test('is only the header when nothing was said', () => {
    expect(formatVtt([])).toBe('WEBVTT\n\n');
  });

  test('gives back the cues of any recording', () => {
    fc.assert(
      fc.property(recordings, (segments) => {
        const text = formatVtt(segments);
        expect(text.startsWith('WEBVTT\n\n')).toBe(true);
        const parsed = parseCues(text.slice('WEBVTT\n\n'.length), '.');
        expect(parsed.every(({ lines }) => lines.every((line) => !/[<>]|&(?!amp;|lt;|gt;)/.test(line)))).toBe(true);
        const expected = cuesOf(segments).map((cue) => ({ id: undefined, ...cue }));
        expect(parsed.map((cue) => ({ ...cue, lines: cue.lines.map(unescapeVtt) }))).toEqual(expected);
      }),
      SETTINGS,
    );
  });
});

test('counts the hours beyond 99', () => {
  const late = [speech('Still here.', 100 * 3_600_000 + 59 * 60_000 + 59_999, 101 * 3_600_000)];
  expect(formatSrt(late)).toContain('100:59:59,999 --> 101:00:00,000');
  expect(formatVtt(late)).toContain('100:59:59.999 --> 101:00:00.000');
});
