import { countWordErrors, type ErrorCounts, errorRatio, sumErrors, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { progress } from '../support/command-line.ts';
import { ForkedRecognizer } from '../support/forked-recognizer.ts';
import { sum } from '../support/quantiles.ts';
import type { RecognizerSettings } from '../support/recognizer-protocol.ts';
import { formatTable } from '../support/table.ts';

/** Speech with what is said in it, where somebody wrote it down. */
export interface JudgedClip {
  readonly samples: Float32Array;
  readonly slice: string;
  readonly text: string | undefined;
}

/** A system that hears all clips. */
export interface Listener {
  readonly name: string;
  readonly settings: RecognizerSettings;
  /** Clips that are worked on side by side. */
  readonly batch: number;
}

/** What one system heard, against the others and against the truth. */
export interface AccuracyFigures {
  readonly name: string;
  readonly texts: readonly string[];
  /** Clips with the very text of the reference. */
  readonly sameAsReference: number;
  /** Words that must be changed to get the reference's text, per word of that. */
  readonly differsFromReferenceRatio: number;
  /** The same against our own recognizer with one clip at a time; absent when it is this one. */
  readonly differsFromAloneRatio?: number;
  /** Word errors of each slice, where texts are known. */
  readonly slices: Readonly<Record<string, ErrorCounts>>;
}

/**
 * Lets every listener hear all clips, one after the other.
 *
 * @param listeners - The first is the reference, the second ours with one clip at a time.
 */
export async function measureAccuracy(listeners: readonly Listener[], clips: readonly JudgedClip[]): Promise<AccuracyFigures[]> {
  const heard: string[][] = [];
  for (const listener of listeners) {
    progress(`accuracy: ${listener.name}`);
    heard.push(await hear(listener, clips));
  }
  const [reference = [], alone = []] = heard;
  return listeners.map(({ name }, index) => {
    const texts = heard[index] ?? [];
    return {
      name,
      texts,
      sameAsReference: texts.filter((text, clip) => text === reference[clip]).length,
      differsFromReferenceRatio: differenceRatio(reference, texts),
      ...(index !== 1 && { differsFromAloneRatio: differenceRatio(alone, texts) }),
      slices: errorsBySlice(clips, texts),
    };
  });
}

/** Clips of like length meet in a batch, as in the server; the texts come back in the order of the clips. */
async function hear({ settings, batch }: Listener, clips: readonly JudgedClip[]): Promise<string[]> {
  await using process = await ForkedRecognizer.start(settings);
  const order = [...clips.keys()].sort((a, b) => (clips[a]?.samples.length ?? 0) - (clips[b]?.samples.length ?? 0));
  const texts: string[] = [];
  for (let first = 0; first < order.length; first += batch) {
    const mates = order.slice(first, first + batch);
    const answer = await process.ask({ type: 'transcribe', clips: mates.map((index) => clips[index]?.samples ?? new Float32Array(0)) });
    for (const [place, index] of mates.entries()) texts[index] = answer.texts[place] ?? '';
  }
  return texts;
}

function differenceRatio(reference: readonly string[], texts: readonly string[]): number {
  return errorRatio(sumErrors(reference.map((text, clip) => countWordErrors(text, texts[clip] ?? '', WHISPER_ENGLISH))));
}

function errorsBySlice(clips: readonly JudgedClip[], texts: readonly string[]): Record<string, ErrorCounts> {
  const slices = new Map<string, ErrorCounts[]>();
  for (const [index, { slice, text }] of clips.entries()) {
    if (text !== undefined) slices.set(slice, [...(slices.get(slice) ?? []), countWordErrors(text, texts[index] ?? '', WHISPER_ENGLISH)]);
  }
  if (slices.size > 1) slices.set('all', [...slices.values()].flat());
  return Object.fromEntries([...slices].map(([slice, errors]) => [slice, sumErrors(errors)]));
}

/** The table of {@link measureAccuracy}. */
export function formatAccuracy(figures: readonly AccuracyFigures[], clips: readonly JudgedClip[]): string {
  const slices = Object.keys(figures[0]?.slices ?? {});
  const words = sum(Object.values(figures[0]?.slices ?? {}).map(({ referenceCount }) => referenceCount));
  const percent = (ratio: number): string => `${(100 * ratio).toFixed(2)} %`;
  const rows = figures.map((row) => [
    row.name,
    `${row.sameAsReference}/${clips.length}`,
    percent(row.differsFromReferenceRatio),
    row.differsFromAloneRatio === undefined ? '-' : percent(row.differsFromAloneRatio),
    ...slices.map((slice) => {
      const errors = row.slices[slice];
      return errors ? percent(errorRatio(errors)) : '-';
    }),
  ]);
  const heads = ['accuracy', 'text as reference', 'words off reference', 'words off ours alone', ...slices.map((slice) => `WER ${slice}`)];
  const note =
    words === 0
      ? '\nno texts are known for these clips: word error rates need the development data'
      : `\nword errors by ${WHISPER_ENGLISH.id}`;
  return `${formatTable([heads, ...rows])}${note}`;
}
