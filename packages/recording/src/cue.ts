import type { RecordingSegment } from './recording-transcript.ts';

const MAXIMUM_LINE_CHARACTERS = 42;
const MAXIMUM_CUE_CHARACTERS = 2 * MAXIMUM_LINE_CHARACTERS;
const MAXIMUM_CUE_MS = 7_000;
const MINIMUM_CUE_MS = 1;

/** One subtitle: what is shown from one time to another. */
export interface Cue {
  readonly startMs: number;
  /** At least a millisecond after the start, at most the start of the next cue. */
  readonly endMs: number;
  /** One or two lines; never empty, and no line is. */
  readonly lines: readonly string[];
}

interface TimedText {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Divides segments into subtitles: at most two lines of 42 characters and 7 s, preferably whole sentences or clauses, never
 * across segments. Only a single word that is longer than a line passes its end.
 */
export function cuesOf(segments: readonly RecordingSegment[]): Cue[] {
  const cues: Cue[] = [];
  let earliestMs = 0;
  for (const group of segments.flatMap((segment) => groupWords(wordsOf(segment)))) {
    const startMs = Math.max(earliestMs, Math.round(group[0]?.startMs ?? 0));
    const latestMs = Math.max(Math.round(group.at(-1)?.endMs ?? 0), startMs + MINIMUM_CUE_MS);
    earliestMs = Math.min(latestMs, startMs + MAXIMUM_CUE_MS);
    cues.push({ startMs, endMs: earliestMs, lines: layOut(group.map(({ text }) => text)) });
  }
  return cues;
}

/** The words as they are shown: a line break or an empty word would break the file. */
function wordsOf(segment: RecordingSegment): TimedText[] {
  const words: readonly TimedText[] = segment.words.length > 0 ? segment.words : [segment];
  return words.flatMap(({ text, startMs, endMs }) => {
    const parts = text.split(/\s+/u).filter((part) => part !== '');
    const partMs = (endMs - startMs) / Math.max(1, parts.length);
    return parts.map((part, index) => ({ text: part, startMs: startMs + index * partMs, endMs: startMs + (index + 1) * partMs }));
  });
}

/** Finds the division of least cost, from the end backwards. */
function groupWords(words: readonly TimedText[]): TimedText[][] {
  const costs = new Array<number>(words.length + 1).fill(0);
  const ends = new Array<number>(words.length).fill(0);
  for (let start = words.length - 1; start >= 0; start--) {
    costs[start] = Number.POSITIVE_INFINITY;
    for (let end = start + 1; end <= words.length; end++) {
      const group = words.slice(start, end);
      if (end > start + 1 && !fits(group)) break;
      const cost = costOf(group) + (costs[end] ?? 0);
      if (cost < (costs[start] ?? 0)) {
        costs[start] = cost;
        ends[start] = end;
      }
    }
  }
  const groups: TimedText[][] = [];
  for (let start = 0; start < words.length; start = ends[start] ?? words.length) {
    groups.push(words.slice(start, ends[start]));
  }
  return groups;
}

function fits(group: readonly TimedText[]): boolean {
  if ((group.at(-1)?.endMs ?? 0) - (group[0]?.startMs ?? 0) > MAXIMUM_CUE_MS) return false;
  return layOut(group.map(({ text }) => text)).every((line) => line.length <= MAXIMUM_LINE_CHARACTERS);
}

/** Every cue costs, a bad end costs more, and so does an uneven division. */
function costOf(group: readonly TimedText[]): number {
  const text = group.map(({ text }) => text).join(' ');
  const emptyRatio = Math.max(0, 1 - text.length / MAXIMUM_CUE_CHARACTERS);
  return 1 + endCostOf(text) + emptyRatio ** 2;
}

function endCostOf(text: string): number {
  if (/[.?!…]["'”’)\]]*$/u.test(text)) return 0;
  return /[,;:–—-]["'”’)\]]*$/u.test(text) ? 0.5 : 1;
}

/** One line if it is short enough, otherwise two, as even as the words allow. */
function layOut(words: readonly string[]): string[] {
  const whole = words.join(' ');
  if (whole.length <= MAXIMUM_LINE_CHARACTERS) return [whole];
  let best = [whole];
  let bestCharacters = whole.length;
  for (let count = 1; count < words.length; count++) {
    const lines = [words.slice(0, count).join(' '), words.slice(count).join(' ')];
    const characters = Math.max(...lines.map((line) => line.length));
    if (characters < bestCharacters) {
      best = lines;
      bestCharacters = characters;
    }
  }
  return best;
}
