import { bootstrapDifference, editCount, errorRatio, percentText, sumErrors } from '@outspoken/evaluation';
import { formatMarkdownTable } from '../support/table.ts';
import type { HeardRecording, HeardTrial } from './hearing.ts';

/** Sums over recordings. */
function sumOf(heard: readonly HeardRecording[]) {
  const listed = sumErrors(heard.map(({ counts }) => counts.listed));
  const others = sumErrors(heard.map(({ counts }) => counts.others));
  return { listed, others, all: sumErrors([listed, others]), invented: heard.reduce((sum, { counts }) => sum + counts.invented, 0) };
}

/** A table of trials; the first one is what the others are compared with. */
export function formatTrials(trials: readonly HeardTrial[], baseline: HeardTrial): string {
  const before = sumOf(baseline.heard);
  const rows = trials.map((trial) => {
    const { listed, others, all, invented } = sumOf(trial.heard);
    const missed = editCount(listed);
    const difference = bootstrapDifference(
      trial.heard.map((one, place) => ({
        speaker: one.speaker,
        first: baseline.heard[place]?.counts.others ?? one.counts.others,
        second: one.counts.others,
      })),
    );
    const { interval } = difference;
    return [
      nameOf(trial),
      `${listed.referenceCount - missed} of ${listed.referenceCount}`,
      percentText(1 - errorRatio(listed)),
      String(missed),
      percentText(1 - missed / editCount(before.listed)),
      String(invented),
      `${editCount(others)} of ${others.referenceCount}`,
      interval ? `${points(difference.difference)} (${points(interval.low)} to ${points(interval.high)})` : '',
      percentText(errorRatio(all)),
      (trial.cpuMs / baseline.cpuMs).toFixed(2),
    ];
  });
  const head = [
    'list',
    'listed words heard',
    'recall',
    'missed',
    'fewer misses',
    'invented',
    'errors in other words',
    'points',
    'WER',
    'time',
  ];
  return formatMarkdownTable([head, ...rows]);
}

/**
 * Each speaker heard with the bonus that is best for the other speakers, by all their word errors: the trials that differ in the bonus
 * only, made one.
 */
export function holdOut(trials: readonly HeardTrial[]): HeardTrial | undefined {
  const [first] = trials;
  if (!first) return undefined;
  const speakers = new Set(first.heard.map(({ speaker }) => speaker));
  const chosen = new Map(
    [...speakers].map((held) => {
      const errors = trials.map(({ heard }) => editCount(sumOf(heard.filter(({ speaker }) => speaker !== held)).all));
      return [held, trials[errors.indexOf(Math.min(...errors))] ?? first] as const;
    }),
  );
  const heard = first.heard.map((one, place) => chosen.get(one.speaker)?.heard[place] ?? one);
  return {
    ...first,
    name: `${first.distractorCount} others, chosen`,
    heard,
    cpuMs: trials.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / trials.length,
  };
}

function nameOf({ bonus, distractorCount, name }: HeardTrial): string {
  if (name !== undefined) return name;
  return bonus ? `${distractorCount} others, bonus ${bonus.perToken}, at most ${bonus.maximum}` : 'none';
}

function points(ratio: number): string {
  return `${ratio > 0 ? '+' : ''}${(100 * ratio).toFixed(1)}`;
}
