import { type ErrorCounts, errorRatio, sumErrors } from '../errors/error-counts.ts';
import { type BootstrapOptions, bootstrapErrorRatio, type Interval } from './bootstrap.ts';

/** What one clip contributes to a summary. */
export interface CountedClip {
  readonly speaker?: string | undefined;
  readonly words: ErrorCounts;
  readonly characters: ErrorCounts;
  /** Whether nothing was heard. */
  readonly isEmpty: boolean;
}

/** How well a group of clips was heard. */
export interface Summary {
  readonly clipCount: number;
  /** Different speakers; a clip without one counts as one. */
  readonly speakerCount: number;
  /** Clips in which nothing was heard. */
  readonly emptyCount: number;
  readonly words: ErrorCounts;
  readonly characters: ErrorCounts;
  /** WER, 0 or more; null when nothing was said. */
  readonly wordErrorRatio: number | null;
  /** 95 % interval of the WER over speakers; null with fewer than two. */
  readonly wordErrorInterval: Interval | null;
  /** CER, 0 or more; null when nothing was said. */
  readonly characterErrorRatio: number | null;
}

/** A summary of the clips that share a value. */
export interface SliceSummary extends Summary {
  readonly name: string;
}

/** Sums clips up. */
export function summarise(clips: readonly CountedClip[], options: BootstrapOptions = {}): Summary {
  const words = sumErrors(clips.map((clip) => clip.words));
  const characters = sumErrors(clips.map((clip) => clip.characters));
  const interval = bootstrapErrorRatio(
    clips.map((clip) => ({ speaker: clip.speaker, errors: clip.words })),
    options,
  );
  const named = new Set(clips.flatMap(({ speaker }) => (speaker === undefined ? [] : [speaker])));
  return {
    clipCount: clips.length,
    speakerCount: named.size + clips.filter(({ speaker }) => speaker === undefined).length,
    emptyCount: clips.filter(({ isEmpty }) => isEmpty).length,
    words,
    characters,
    wordErrorRatio: finiteOrNull(errorRatio(words)),
    wordErrorInterval: interval ?? null,
    characterErrorRatio: finiteOrNull(errorRatio(characters)),
  };
}

/** Sums clips up by a value that each has, in the order in which the values first come. */
export function summariseBy<Clip extends CountedClip>(
  clips: readonly Clip[],
  nameOf: (clip: Clip) => string,
  options: BootstrapOptions = {},
): SliceSummary[] {
  const groups = new Map<string, Clip[]>();
  for (const clip of clips) {
    const name = nameOf(clip);
    const group = groups.get(name) ?? [];
    group.push(clip);
    groups.set(name, group);
  }
  return [...groups].map(([name, group]) => ({ name, ...summarise(group, options) }));
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
